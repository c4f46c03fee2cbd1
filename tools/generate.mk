# Code that is generated into $(BUILD)/generated; nobody edits it by hand.

GENERATED := $(BUILD)/generated
GENERATED_SOURCES :=
VIEWS := $(sort $(wildcard views/*.html views/partials/*.html))
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


# The views of views/, compiled.
GENERATED_SOURCES += $(GENERATED)/views.c
VIEWC := $(GENERATED)/viewc
VIEWC_SOURCES := $(wildcard tools/viewc*.c)
$(VIEWC): $(VIEWC_SOURCES) tools/viewc.h
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE $(WARNINGS) -O2 -o $@ $(VIEWC_SOURCES)
# "&:" says that one run makes both; what includes the header is then made anew.
$(GENERATED)/views.c $(GENERATED)/views.h &: $(VIEWC) $(VIEWS)
	$(say) VIEWS $(GENERATED)/views.c
	$(Q)$(VIEWC) $(VIEWS) $(GENERATED)/views.h $(GENERATED)/views.c

# The views of tests/views/ that must compile, for tests/unit/test_viewc.c.
VIEWS_OF_TESTS := $(sort $(wildcard tests/views/good_*.html tests/views/partials/*.html))
$(GENERATED)/test_views.c: $(VIEWC) $(VIEWS_OF_TESTS)
	$(Q)$(VIEWC) $(VIEWS_OF_TESTS) $(GENERATED)/test_views.h $@
$(BUILD)/tests/unit/test_viewc: $(GENERATED)/test_views.c

# What the browser gets: govuk-frontend from npm and our own.
GENERATED_SOURCES += $(GENERATED)/assets.c
assets/node_modules/.package-lock.json: assets/package.json assets/package-lock.json
	$(say) NPM assets
	$(Q)cd assets && npm ci --loglevel=error --no-fund --no-audit >/dev/null
	@touch $@
$(GENERATED)/assets.c $(GENERATED)/assets.h &: tools/assets.mjs assets/node_modules/.package-lock.json \
    assets/pendeen.css assets/pendeen.js assets/network.js assets/map.js assets/service-worker.js assets/lighthouse.svg
	@mkdir -p $(@D)
	$(say) ASSETS $(GENERATED)/assets.c
	$(Q)node tools/assets.mjs $(GENERATED)/assets

# Passwords that many people use, refused by src/seal/secret.c.
GENERATED_SOURCES += $(GENERATED)/passwords.c
$(GENERATED)/passwords.c: tools/passwords.mjs assets/node_modules/.package-lock.json
	@mkdir -p $(@D)
	$(say) LIST $@
	$(Q)node tools/passwords.mjs $@

# Headers that any source may include must be there first.
$(GENERATED)/.done: $(GENERATED)/views.c $(GENERATED)/assets.c

# Generated sources go into the library like any other.
OBJECTS += $(GENERATED_SOURCES:.c=.o)
$(GENERATED)/%.o: $(GENERATED)/%.c
	$(say) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(OPTIMISE) -Wno-overlength-strings -MMD -MP -c -o $@ $<
