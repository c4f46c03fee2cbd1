# Code that is generated into $(BUILD)/generated; nobody edits it by hand.

GENERATED := $(BUILD)/generated

$(GENERATED)/.done:
	@mkdir -p $(GENERATED)
	@touch $@
