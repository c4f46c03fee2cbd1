# Code that is generated into $(BUILD)/generated; nobody edits it by hand.

GENERATED := $(BUILD)/generated
GENERATED_SOURCES :=
MIGRATIONS := $(sort $(wildcard sql/*.sql))

$(GENERATED)/.done:
	@mkdir -p $(GENERATED)
	@touch $@

# The migrations of sql/, as a table of the program.
GENERATED_SOURCES += $(GENERATED)/migrations.c
$(GENERATED)/migrations.c: tools/migrations.sh $(MIGRATIONS)
	@mkdir -p $(@D)
	$(say) SQL $@
	$(Q)sh tools/migrations.sh $(MIGRATIONS) >$@

# Generated sources go into the library like any other.
OBJECTS += $(GENERATED_SOURCES:.c=.o)
$(GENERATED)/%.o: $(GENERATED)/%.c
	$(say) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(OPTIMISE) -Wno-overlength-strings -MMD -MP -c -o $@ $<
