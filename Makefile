# Every verb is one of infra/dev.py, which also works where there is no make.
DB ?= ministack
PORT ?= 8000
STAGE ?= prod
DEV := @python3 infra/dev.py

.PHONY: help run test soak bench check lock messages package rehearse

help:
	$(DEV) help

run:
	$(DEV) run --db $(DB) --port $(PORT)

test:
	$(DEV) test $(if $(COVER),--cover)

soak:
	$(DEV) soak $(if $(ONLY),-k "$(ONLY)")

bench:
	$(DEV) bench $(if $(ONLY),--only "$(ONLY)")

check:
	$(DEV) check

lock:
	$(DEV) lock

messages:
	$(DEV) messages $(LANGUAGE)

package:
	$(DEV) package --stage $(STAGE)

rehearse:
	$(DEV) rehearse
