"""The local AWS: stand-ins as child processes, provisioned from the files that deploy, with the app served in front."""
