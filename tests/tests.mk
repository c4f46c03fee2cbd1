# Each tests/{unit,link,sql}/test_*.c is a cmocka program of its own, and each
# bench/*.c a measuring program; both are linked with everything but main().

TEST_SOURCES  := $(wildcard tests/unit/test_*.c tests/link/test_*.c tests/sql/test_*.c)
TEST_PROGRAMS := $(TEST_SOURCES:%.c=$(BUILD)/%)
FUZZ_SOURCES  := $(wildcard tests/fuzz/fuzz_*.c)
# In `make check` a fuzz target replays its corpus: linked with a plain main().
REPLAY_PROGRAMS := $(FUZZ_SOURCES:%.c=$(BUILD)/%)
BENCH_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(wildcard bench/*.c))

# A hundred programs are linked with everything, twice: mold takes a third of the time.
FAST_LINK = $(eval FAST_LINK := $(if $(shell command -v mold),-fuse-ld=mold))$(FAST_LINK)
TEST_CFLAGS = $(CPPFLAGS) $(PACKAGE_CFLAGS) $(CFLAGS) $(OPTIMISE) -Itests -MMD -MP

tests: all $(TEST_PROGRAMS) $(REPLAY_PROGRAMS)
benches: all $(BENCH_PROGRAMS)
.PHONY: benches fuzz

$(BUILD)/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(LIBRARY)
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(TEST_CFLAGS) $(LDFLAGS) $(FAST_LINK) -o $@ $< tests/fuzz/replay.c $(LIBRARY) $(LIBS)

$(BUILD)/tests/%: tests/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(TEST_CFLAGS) $(LDFLAGS) $(FAST_LINK) -o $@ $< $(LIBRARY) -lcmocka $(LIBS)

$(BUILD)/bench/%: bench/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(TEST_CFLAGS) $(LDFLAGS) $(FAST_LINK) -o $@ $< $(LIBRARY) $(LIBS)

# `make fuzz CC=clang`: the same targets with libFuzzer, to search for new cases.
fuzz: CC = clang
fuzz:
	$(MAKE) MODE=fuzz BUILD=build-fuzz CC=clang fuzzers
fuzzers: $(FUZZ_SOURCES:tests/fuzz/%.c=$(BUILD)/fuzzers/%)
$(BUILD)/fuzzers/%: tests/fuzz/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) $(LDFLAGS) -fsanitize=fuzzer,address,undefined -o $@ $< $(LIBRARY) $(LIBS)

-include $(TEST_PROGRAMS:=.d) $(REPLAY_PROGRAMS:=.d) $(BENCH_PROGRAMS:=.d)
