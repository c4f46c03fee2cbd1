# Pendeen: a GNU Makefile meant to be read.
#
#   make run      install what is missing, build, fill an empty data folder with
#                 a synthetic partnership, serve it on this machine
#   make check    install what is missing, build twice (release and sanitisers),
#                 run every test, close with "N passed, N failed"
#   make all      build build/pendeen
#   make asan     build build-asan/pendeen with address and undefined sanitisers
#   make tsan     build-tsan: with the thread sanitiser; tests/long runs it
#   make clang    whether clang takes every source, as the fuzz targets want
#   make bench    the measurements (see bench/README.md)
#   make install  into $(DESTDIR)$(prefix)
#   make deb      the Debian package, in build/deb/
#   make clean    remove what was built
#
# Sources are found by their folder: a new src/ROOM/x.c, tests/unit/test_x.c or
# views/x.html needs no line here.

CC      ?= gcc
BUILD   ?= build
prefix  ?= /usr/local
sysconfdir ?= $(if $(filter /usr /usr/local,$(prefix)),/etc,$(prefix)/etc)
DESTDIR ?=
DATA    ?= data
PORT    ?= 8420

# --- flags ---------------------------------------------------------------
# docs/STYLE.md says why each of these is here.
PACKAGES := sqlite3 libsodium jansson libgfshare libcmark librhonabwy gnutls libcurl liboath libfido2 libqrencode libseccomp pangocairo libpq igraph
WARNINGS := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wno-sign-conversion \
            -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wformat=2 \
            -Wformat-security -Wcast-qual -Wpointer-arith -Wwrite-strings -Wundef -Wvla \
            -Wimplicit-fallthrough -Wtrampolines -Wredundant-decls -Wnested-externs
HARDENING := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
             -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing \
             -ftrivial-auto-var-init=zero -fPIE
HARDENING_LINK := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed
MODE    ?= release
ifeq ($(MODE),asan)
  # -g1: a report wants lines, not variables.
  OPTIMISE := -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
  LINK_OPTIMISE := $(OPTIMISE)
  OPTIMISE_LINKAGE := $(OPTIMISE)
else ifeq ($(MODE),tsan)
  OPTIMISE := -O1 -g1 -fsanitize=thread -fno-omit-frame-pointer
  LINK_OPTIMISE := $(OPTIMISE)
  OPTIMISE_LINKAGE := $(OPTIMISE)
else ifeq ($(MODE),fuzz)
  # clang 14 does not know these.
  WARNINGS := $(filter-out -Wtrampolines,$(WARNINGS)) -Wno-unknown-pragmas -Wno-psabi -Wno-missing-field-initializers
  HARDENING := $(filter-out -ftrivial-auto-var-init=zero,$(HARDENING))
  OPTIMISE := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
  LINK_OPTIMISE := $(OPTIMISE)
  OPTIMISE_LINKAGE := $(OPTIMISE)
else
  OPTIMISE := -O2 -g -D_FORTIFY_SOURCE=3
  # The linkage engine is where the machine's time goes.
  OPTIMISE_LINKAGE := -O3 -g -D_FORTIFY_SOURCE=3
  LINK_OPTIMISE :=
endif
CPPFLAGS += -D_GNU_SOURCE -Isrc -I$(BUILD)/generated
CFLAGS   += -std=c17 $(WARNINGS) $(HARDENING) -pthread
LDFLAGS  += $(HARDENING_LINK) $(LINK_OPTIMISE) -pthread
# Asked for once, and not before they are wanted: `make check` installs them first.
LIBS     = $(eval LIBS := $(shell pkg-config --libs $(PACKAGES)) -lm)$(LIBS)
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES)))$(PACKAGE_CFLAGS)

# --- what there is -------------------------------------------------------
ROOMS   := base link synth html seal net store domain web api cli
SOURCES := $(filter-out src/cli/main.c,$(foreach room,$(ROOMS),$(wildcard src/$(room)/*.c)))
HEADERS := $(foreach room,$(ROOMS),$(wildcard src/$(room)/*.h src/$(room)/*.def))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY := $(BUILD)/libpendeen.a
LINKAGE_LIBRARY := $(BUILD)/libpendeenlink.a
PROGRAM := $(BUILD)/pendeen

# `make V=1` shows whole commands.
ifeq ($(V),1)
  Q :=
  say = @:
else
  Q := @
  say = @printf '  %-6s %s\n'
endif

# --- generated code: views, embedded SQL and assets -----------------------
include tools/generate.mk

.DEFAULT_GOAL := all
.PHONY: all tests asan tsan clang clang-compiles run check bench install install-files deb clean packages packages-check help
.DELETE_ON_ERROR:

all: $(PROGRAM) $(LINKAGE_LIBRARY)

help:
	@sed -n '3,17s/^# \{0,1\}//p' Makefile

$(PROGRAM): $(BUILD)/src/cli/main.o $(LIBRARY)
	$(say) LINK $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(LIBRARY): $(OBJECTS)
	@rm -f $@
	$(say) AR $@
	$(Q)ar rcs $@ $^

$(LINKAGE_LIBRARY): $(filter $(BUILD)/src/base/% $(BUILD)/src/link/%,$(OBJECTS))
	@rm -f $@
	$(say) AR $@
	$(Q)ar rcs $@ $^

$(BUILD)/src/link/%.o: src/link/%.c | $(BUILD)/layers.ok
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(OPTIMISE_LINKAGE) -include base/banned.h -MMD -MP -c -o $@ $<

$(BUILD)/src/%.o: src/%.c | $(BUILD)/layers.ok $(BUILD)/generated/.done
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(PACKAGE_CFLAGS) $(CFLAGS) $(OPTIMISE) -include base/banned.h -MMD -MP -c -o $@ $<

-include $(OBJECTS:.o=.d) $(BUILD)/src/cli/main.d

# --- tests and benches: each .c a program of its own -----------------------
include tests/tests.mk

# The layer check: which room may include which (tools/layers.txt).  And lines of 100 columns.
$(BUILD)/layers.ok: tools/layers.sh tools/layers.txt tools/columns.sh $(SOURCES) $(HEADERS)
	@mkdir -p $(BUILD)
	@sh tools/layers.sh tools/layers.txt
	@sh tools/columns.sh src tests bench tools
	@touch $@

# --- other builds of the same sources -------------------------------------
asan:
	$(MAKE) MODE=asan BUILD=$(BUILD)-asan all
tsan:
	$(MAKE) MODE=tsan BUILD=$(BUILD)-tsan all tests benches
# Whether clang, which the fuzz targets are built with, takes every source.
clang:
	@$(MAKE) --no-print-directory MODE=fuzz clang-compiles
clang-compiles: $(BUILD)/generated/.done
	@printf '%s\n' $(SOURCES) $(FUZZ_SOURCES) | xargs -n1 \
	    clang $(CPPFLAGS) -Itests $(PACKAGE_CFLAGS) $(CFLAGS) -include base/banned.h -c -o /dev/null

# --- system packages -------------------------------------------------------
packages:
	@sh tools/packages.sh run
packages-check:
	@sh tools/packages.sh check

# --- run and check ---------------------------------------------------------
run: packages
	@$(MAKE) --no-print-directory -j$(shell nproc) all
	@exec $(PROGRAM) demo --data $(DATA) --port $(PORT)

check: packages-check
	@bash tests/run.sh

bench: packages-check
	@$(MAKE) --no-print-directory -j$(shell nproc) all
	@sh bench/run.sh

# --- install ---------------------------------------------------------------
install: all install-files

install-files:
	install -d $(DESTDIR)$(prefix)/bin $(DESTDIR)$(prefix)/share/pendeen $(DESTDIR)$(prefix)/share/man/man1
	install -m 0755 $(PROGRAM) $(DESTDIR)$(prefix)/bin/pendeen
	cp -R areas $(DESTDIR)$(prefix)/share/pendeen/
	install -m 0644 docs/man/pendeen.1 $(DESTDIR)$(prefix)/share/man/man1/pendeen.1
	install -D -m 0644 packaging/pendeen.sysusers $(DESTDIR)$(prefix)/lib/sysusers.d/pendeen.conf
	install -D -m 0644 packaging/pendeen.bash-completion \
	    $(DESTDIR)$(prefix)/share/bash-completion/completions/pendeen
	install -d $(DESTDIR)$(prefix)/lib/systemd/system
	sed 's,/usr/bin/,$(prefix)/bin/,g; s,/etc/pendeen/,$(sysconfdir)/pendeen/,g' \
	    packaging/pendeen.service \
	    >$(DESTDIR)$(prefix)/lib/systemd/system/pendeen.service
	install -m 0644 packaging/pendeen.socket $(DESTDIR)$(prefix)/lib/systemd/system/pendeen.socket
	install -d $(DESTDIR)$(sysconfdir)/pendeen
	test -e $(DESTDIR)$(sysconfdir)/pendeen/pendeen.conf || \
	    sed 's,/usr/share/,$(prefix)/share/,g' packaging/pendeen.conf \
	    >$(DESTDIR)$(sysconfdir)/pendeen/pendeen.conf

# The Debian package, in build/deb/.
deb:
	@sh packaging/deb.sh

clean:
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-fuzz $(BUILD)-tsan
