"""The local AWS: emulators as child processes, provisioned from the templates that deploy, and the app behind them."""
