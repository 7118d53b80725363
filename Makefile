# SPDX-License-Identifier: Apache-2.0
# One makefile, no lists of files: a folder is the list. `make help` shows the targets.

VARIANT ?= release
CC      := $(if $(filter default undefined,$(origin CC)),gcc,$(CC))
PREFIX  ?= /usr
DESTDIR ?=
V       ?= 0
Q       := $(if $(filter 0,$(V)),@)
# One command from clone to running daemon uses all processors, unless -j says how many.
SUBMAKE  = --no-print-directory $(if $(Q),-s) $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

VERSION := $(shell sed -n 's/^\#define HASS_VERSION *"\(.*\)"/\1/p' lib/include/hass/const.h)
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
LIBDIR  ?= $(PREFIX)/lib/$(MULTIARCH)
BUILD   ?= build/$(VARIANT)
# Programs find the library and the integrations relative to themselves, so that one build serves any PREFIX.
LIB_FROM_BIN := $(shell realpath -m --relative-to=$(PREFIX)/bin $(LIBDIR))
RPATH   := -Wl,-rpath,'$$ORIGIN:$$ORIGIN/$(LIB_FROM_BIN)'

# --- flags ----------------------------------------------------------------------------------------

PKGS := libevent libevent_pthreads jansson yaml-0.1 libpcre2-8
DAEMON_PKGS := libsystemd
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wwrite-strings -Wundef -Wvla -Wno-unused-parameter -Wno-missing-field-initializers
ifneq (,$(filter asan tsan,$(VARIANT)))
override CC := clang
endif
# What runs while building; another one where hassd is for another machine.
HOSTCC ?= $(CC)
# The sanitizers look at what `make clang` has analysed.
ifneq (,$(if $(filter asan tsan,$(VARIANT)),,$(findstring clang,$(CC))))
WARNINGS += -Wthread-safety -Wthread-safety-negative
endif

CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
CFLAGS_debug   := -O0 -g3
# Sanitizers report lines and functions, which -g1 has; variables cost time and disk.
CFLAGS_asan    := -O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
CFLAGS_tsan    := -O1 -g1 -fno-omit-frame-pointer -fsanitize=thread
CFLAGS_stress  := -O2 -g
LDFLAGS_release := -Wl,-z,relro,-z,now
LDFLAGS_asan   := -fsanitize=address,undefined
LDFLAGS_tsan   := -fsanitize=thread

# Asked once, not for each file.
PKG_CFLAGS    := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS      := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
DAEMON_CFLAGS := $(shell pkg-config --cflags $(DAEMON_PKGS) 2>/dev/null)
DAEMON_LIBS   := $(shell pkg-config --libs $(DAEMON_PKGS) 2>/dev/null)
JANSSON_LIBS  := $(shell pkg-config --libs jansson 2>/dev/null)
CHECK_CFLAGS  := $(shell pkg-config --cflags check 2>/dev/null)
CHECK_LIBS    := $(shell pkg-config --libs check 2>/dev/null)

BASE_CFLAGS = -std=gnu17 -D_GNU_SOURCE -fPIC -fno-semantic-interposition -fno-strict-aliasing $(WARNINGS) $(CFLAGS_$(VARIANT)) \
    -Ilib/include -MMD -MP $(PKG_CFLAGS) $(CFLAGS)
LIB_LIBS = $(PKG_LIBS) -lm -lpthread
ALL_LDFLAGS = $(LDFLAGS_$(VARIANT)) $(LDFLAGS)
# Sanitizer runtimes live in the executable, so only the other variants insist on complete libraries.
NO_UNDEFINED = $(if $(filter asan tsan,$(VARIANT)),,-Wl,-z,defs)

# --- sources --------------------------------------------------------------------------------------

LIB_OBJS    := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard lib/*/*.c))
CTL_SRCS    := $(wildcard daemon/hassctl.c daemon/ctl_*.c)
CTL_OBJS    := $(CTL_SRCS:%.c=$(BUILD)/obj/%.o)
DAEMON_OBJS := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out $(CTL_SRCS),$(wildcard daemon/*.c)))
DOMAINS     := $(patsubst integrations/%/,%,$(dir $(wildcard integrations/*/*.c)))
DOMAINS     := $(sort $(DOMAINS))
PLUGINS     := $(DOMAINS:%=$(BUILD)/integrations/%.so)
PROGRAMS    := $(if $(DAEMON_OBJS),$(BUILD)/hassd) $(if $(CTL_OBJS),$(BUILD)/hassctl)
LIBHASS     := $(BUILD)/libhass.so

TEST_SRCS    := $(wildcard tests/lib/*/test_*.c tests/integrations/*/test_*.c tests/daemon/test_*.c tests/thread_safety/test_*.c)
TESTS        := $(patsubst tests/%.c,$(BUILD)/tests/%,$(TEST_SRCS))
SUPPORT_OBJS := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/support/*.c))
TEST_PLUGINS := $(patsubst tests/plugins/%.c,$(BUILD)/tests/plugins/%.so,$(wildcard tests/plugins/*.c))
VECTOR_OBJS  := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/vectors/*.c))
VECTORS      := $(if $(VECTOR_OBJS),$(BUILD)/tests/vectors)
BENCHES      := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/bench/bench_*.c))
FUZZERS      := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
# What only compiles is the same under a sanitizer. The scripts come first: they are the longest.
TEST_SCRIPTS := $(if $(filter asan tsan,$(VARIANT)),,$(wildcard tests/thread_safety/*.sh)) \
    $(wildcard tests/vectors/*.sh tests/differential/*.sh tests/e2e/*.sh)
RENDER       := $(BUILD)/tests/differential/render
TESTLIB      := $(BUILD)/tests/libhass.so.1

-include $(wildcard integrations/*/build.mk)

.PHONY: all run check clang lint format bench fuzz install uninstall clean help deps
.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

all: $(LIBHASS) $(PROGRAMS) $(PLUGINS) ## build everything (VARIANT=release|debug|asan|tsan, CC=gcc|clang)

help: ## show this
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 14

deps: ## install with apt what building needs, or say the command
	$(Q)tests/lint/deps.sh build

run: ## set up, build, and run the daemon on config/
	$(Q)tests/lint/deps.sh build
	$(Q)$(MAKE) $(SUBMAKE) all
	@echo "Ctrl-C ends it. To look inside, in a second terminal: $(BUILD)/hassctl --config config states -w"
	$(Q)# 100 asks to be started again (homeassistant.restart), which otherwise the service manager does.
	$(Q)trap : INT; code=100; while [ $$code = 100 ]; do $(BUILD)/hassd run --config config; code=$$?; done; exit $$code

check: ## set up, build, and run every test
	$(Q)tests/lint/deps.sh check
	$(Q)$(MAKE) $(SUBMAKE) all tests
	$(Q)tests/run.sh $(BUILD) $(TEST_SCRIPTS) $(TESTS) $(FUZZERS)

# Neither optimised nor linked into tests: that clang makes working programs of them is seen under the sanitizers.
clang: ## compile everything with clang, which analyses thread safety
	$(Q)$(MAKE) $(SUBMAKE) CC=clang VARIANT=debug BUILD=build/clang CFLAGS=-g0 all test_objects

lint: ## formatting, layers, thread-safety analysis, forbidden calls
	$(Q)tests/lint/deps.sh lint
	$(Q)$(MAKE) $(SUBMAKE) all
	$(Q)tests/lint/lint.sh

format: ## rewrite all sources in the house style
	$(Q)tests/lint/deps.sh lint
	$(Q)git ls-files '*.c' '*.h' | xargs clang-format -i

# --- installing -----------------------------------------------------------------------------------

# One line a file, "MODE SOURCE TARGET", is what install and uninstall both go by. In a source named *.in the paths are filled in.
UNITDIR := $(PREFIX)/lib
CONFDIR := /etc/hassd
FILL    := -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@LIBDIR@|$(LIBDIR)|g' -e 's|@VERSION@|$(VERSION)|g' -e 's|@CONFDIR@|$(CONFDIR)|g'
define INSTALLED
755 $(BUILD)/hassd $(PREFIX)/bin/hassd
755 $(BUILD)/hassctl $(PREFIX)/bin/hassctl
644 $(LIBHASS).1 $(LIBDIR)/libhass.so.1
$(foreach p,$(PLUGINS),644 $(p) $(LIBDIR)/hassd/integrations/$(notdir $(p))
)
$(foreach h,$(wildcard lib/include/hass/*.h),644 $(h) $(PREFIX)/include/hass/$(notdir $(h))
)
$(foreach d,$(DOMAINS),$(foreach h,$(wildcard integrations/$(d)/$(d).h),644 $(h) $(PREFIX)/include/hass/integrations/$(d)/$(d).h
))
644 lib/hass.pc.in $(LIBDIR)/pkgconfig/hass.pc
644 daemon/hassd.8 $(PREFIX)/share/man/man8/hassd.8
644 daemon/hassctl.1 $(PREFIX)/share/man/man1/hassctl.1
644 daemon/hassctl.bash $(PREFIX)/share/bash-completion/completions/hassctl
644 daemon/hassd.bash $(PREFIX)/share/bash-completion/completions/hassd
644 systemd/hassd.service.in $(UNITDIR)/systemd/system/hassd.service
644 systemd/hassd.sysusers $(UNITDIR)/sysusers.d/hassd.conf
644 systemd/hassd.tmpfiles.in $(UNITDIR)/tmpfiles.d/hassd.conf
$(foreach f,$(wildcard config/*.yaml),644 $(f) $(PREFIX)/share/hassd/$(notdir $(f))
)
644 config/README.md $(PREFIX)/share/doc/hassd/configuration.md
644 systemd/README.md $(PREFIX)/share/doc/hassd/operating.md
644 LICENSE $(PREFIX)/share/doc/hassd/copyright
endef
install uninstall: private export FILES = $(INSTALLED)

install: all ## install below DESTDIR with PREFIX=/usr
	$(Q)printf '%s\n' "$$FILES" | while read -r mode source target; do case $$source in \
	    '') ;; \
	    *.in) mkdir -p "$(DESTDIR)$${target%/*}" && sed $(FILL) $$source > "$(DESTDIR)$$target" && \
	        chmod $$mode "$(DESTDIR)$$target" || exit 1 ;; \
	    *) install -D -m $$mode $$source "$(DESTDIR)$$target" || exit 1 ;; \
	    esac; done
	$(Q)ln -sf libhass.so.1 $(DESTDIR)$(LIBDIR)/libhass.so
	$(if $(DESTDIR),,$(if $(filter /usr /usr/local,$(PREFIX)),$(Q)ldconfig 2>/dev/null || true))

uninstall: ## remove what install put there, and folders of ours that are empty then
	$(Q)printf '%s\n' "$$FILES" | while read -r mode source target; do [ -z "$$source" ] || rm -f "$(DESTDIR)$$target"; done
	$(Q)rm -f $(DESTDIR)$(LIBDIR)/libhass.so
	$(Q)# Below DESTDIR all folders that are empty then; a real /usr/local has empty ones that are not ours.
	$(if $(DESTDIR),$(Q)cd $(DESTDIR) 2>/dev/null && printf '%s\n' "$$FILES" | sed -n 's|.* /\(.*\)/[^/]*$$|\1|p' | sort -ru | \
	    xargs -d '\n' rmdir -p --ignore-fail-on-non-empty 2>/dev/null || true)
	$(Q)for d in $(LIBDIR)/hassd $(PREFIX)/include/hass $(PREFIX)/share/hassd $(PREFIX)/share/doc/hassd; do \
	    [ ! -d $(DESTDIR)$$d ] || find $(DESTDIR)$$d -depth -type d -empty -delete; done

# What the headers export, for the tests that go over all of it.
$(BUILD)/exports.tsv: $(wildcard lib/include/hass/*.h) tests/lint/exports.sh
	$(Q)tests/lint/exports.sh > $@

.PHONY: tests test_objects
test_objects: $(SUPPORT_OBJS) $(VECTOR_OBJS) $(patsubst %.c,$(BUILD)/obj/%.o,$(TEST_SRCS) \
    $(wildcard tests/plugins/*.c tests/fuzz/*.c tests/differential/*.c))
tests: $(BUILD)/exports.tsv $(TESTS) $(TEST_PLUGINS) $(VECTORS) $(RENDER) $(FUZZERS)

bench: ## measure the hot paths, JSON lines on stdout
	$(Q)tests/lint/deps.sh check >&2
	$(Q)$(MAKE) $(SUBMAKE) all $(BENCHES) >&2
	$(Q)for b in $(BENCHES); do $$b || exit 1; done

fuzz: ## fuzz without end: make fuzz TARGET=yaml
	$(Q)tests/lint/deps.sh check
	$(Q)tests/fuzz/fuzz.sh $(TARGET)

clean: ## remove build/
	rm -rf build

# --- rules ----------------------------------------------------------------------------------------

# Changed flags rebuild: the stamp's content is the flags, and it is only touched when they differ.
STAMP := $(BUILD)/.flags
$(shell mkdir -p $(BUILD); echo '$(CC) $(BASE_CFLAGS) $(ALL_LDFLAGS)' | cmp -s - $(STAMP) || echo '$(CC) $(BASE_CFLAGS) $(ALL_LDFLAGS)' > $(STAMP))

$(BUILD)/obj/%.o: %.c $(STAMP)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC    $<")
	$(Q)$(CC) $(BASE_CFLAGS) $(INCLUDES) -c $< -o $@

$(BUILD)/obj/lib/%: INCLUDES = -Ilib
$(BUILD)/obj/daemon/%: INCLUDES = $(DAEMON_CFLAGS) \
    -DHASSD_PLUGINS_FROM_BIN='"$(LIB_FROM_BIN)/hassd/integrations"'
$(BUILD)/obj/integrations/%: INCLUDES = -Iintegrations -fvisibility=hidden
$(BUILD)/obj/tests/%: INCLUDES = -Ilib -Iintegrations -Itests -I. $(CHECK_CFLAGS) \
    -DTEST_BUILD='"$(abspath $(BUILD))"' -DTEST_SOURCE='"$(CURDIR)"' -DTEST_CC='"$(CC)"' -Wno-missing-prototypes -Wno-write-strings

$(LIBHASS).1: $(LIB_OBJS) lib/libhass.map
	$(if $(Q),@echo "  LD    $@")
	$(Q)$(CC) -shared -Wl,-soname,libhass.so.1 -Wl,--version-script=lib/libhass.map -Wl,-Bsymbolic-functions \
	    $(NO_UNDEFINED) $(ALL_LDFLAGS) $(LIB_OBJS) -o $@ $(LIB_LIBS)
$(LIBHASS): $(LIBHASS).1
	$(Q)ln -sf libhass.so.1 $@

$(BUILD)/hassd: $(DAEMON_OBJS) $(LIBHASS)
	$(if $(Q),@echo "  LD    $@")
	$(Q)$(CC) $(ALL_LDFLAGS) $(DAEMON_OBJS) -o $@ -L$(BUILD) -lhass $(RPATH) \
	    $(if $(wildcard daemon/hassd.dynlist),-Wl$(comma)--dynamic-list=daemon/hassd.dynlist) \
	    $(LIB_LIBS) $(DAEMON_LIBS)
comma := ,

$(BUILD)/hassctl: $(CTL_OBJS) $(LIBHASS)
	$(if $(Q),@echo "  LD    $@")
	$(Q)$(CC) $(ALL_LDFLAGS) $(CTL_OBJS) -o $@ -L$(BUILD) -lhass $(RPATH) $(LIB_LIBS)

# The files of `hassctl new` are built in.
$(BUILD)/obj/daemon/ctl_scaffold.o: $(wildcard daemon/scaffold/*) .clang-format

# The texts of a folder, strings.json and translations/<language>.json, each become an object of the same .so, after a tool has
# followed their references to those of others.
$(BUILD)/strings: integrations/strings.c lib/data/text_keys.c lib/data/text_keys.h
	$(if $(Q),@echo "  LD    $@")
	$(Q)$(HOSTCC) -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Wno-unused-parameter -Ilib $(shell pkg-config --cflags jansson) \
	    $(filter %.c,$^) -o $@ $(shell pkg-config --libs jansson)
strings_c = \#include <hass/translation.h>\nHASS_TRANSLATION("$(subst -,_,$(basename $(notdir $(1))))", "$(1)");\n
$(BUILD)/obj/%/strings.o: strings_c = \#include <hass/translation.h>\nHASS_STRINGS("$(1)");\n
$(BUILD)/obj/integrations/%.o: integrations/%.json $(BUILD)/strings $(STAMP)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC    $<")
	$(Q)$(BUILD)/strings $< $(@:.o=) && \
	    printf '$(call strings_c,$(@:.o=.json))' | $(CC) $(BASE_CFLAGS) -MF $(@:.o=.h.d) -x c -c - -o $@

# An integration is a folder; it names further pkg-config packages in its build.mk as <domain>.pkgs.
define PLUGIN_RULE
$(BUILD)/integrations/$(1).so: $$(patsubst %.c,$(BUILD)/obj/%.o,$$(wildcard integrations/$(1)/*.c)) \
    $$(patsubst %.json,$(BUILD)/obj/%.o,$$(wildcard integrations/$(1)/strings.json integrations/$(1)/translations/*.json)) $$(LIBHASS)
	@mkdir -p $$(@D)
	$$(if $$(Q),@echo "  LD    $$@")
	$$(Q)$$(CC) -shared $$(NO_UNDEFINED) $$(ALL_LDFLAGS) $$(filter %.o,$$^) -o $$@ -L$(BUILD) -lhass \
	    $$(if $$($(1).pkgs),$$(shell pkg-config --libs jansson $$($(1).pkgs)),$$(JANSSON_LIBS)) -lm -lpthread
endef
$(foreach d,$(DOMAINS),$(eval $(call PLUGIN_RULE,$(d))))

$(TESTLIB): $(LIB_OBJS)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD    $@")
	$(Q)$(CC) -shared -Wl,-soname,libhass.so.1 -Wl,-Bsymbolic-functions $(ALL_LDFLAGS) $(LIB_OBJS) -o $@ $(LIB_LIBS)
	$(Q)ln -sf libhass.so.1 $(@D)/libhass.so

TEST_LINK = $(CC) $(ALL_LDFLAGS) $(filter %.o,$^) -o $@ -L$(BUILD)/tests -lhass -Wl,-rpath,$(abspath $(BUILD))/tests \
    $(LIB_LIBS) $(CHECK_LIBS)

$(BUILD)/tests/lib/% $(BUILD)/tests/integrations/% $(BUILD)/tests/daemon/%: $(SUPPORT_OBJS) $(TESTLIB)
$(filter-out %/test_alone,$(TESTS)): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(SUPPORT_OBJS) $(TESTLIB)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD    $@")
	$(Q)$(TEST_LINK)

# The template engine links with the layers below it alone.
ALONE := $(BUILD)/tests/lib/template/test_alone
$(ALONE): $(BUILD)/obj/tests/lib/template/test_alone.o $(filter $(addprefix $(BUILD)/obj/lib/,base/% data/% template/%),$(LIB_OBJS))
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD    $@")
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@ $(shell pkg-config --libs jansson yaml-0.1 libpcre2-8 check) -lm

# Tests of the daemon link all of it but what has a main.
$(filter $(BUILD)/tests/daemon/%,$(TESTS)): $(filter-out %/main.o %/interpose.o %/hassctl.o,$(DAEMON_OBJS) $(CTL_OBJS))
$(filter $(BUILD)/tests/daemon/%,$(TESTS)): LIB_LIBS += $(DAEMON_LIBS)

$(BUILD)/tests/plugins/%.so: $(BUILD)/obj/tests/plugins/%.o $(LIBHASS)
	@mkdir -p $(@D)
	$(Q)$(CC) -shared $(ALL_LDFLAGS) $< -o $@ -L$(BUILD) -lhass $(JANSSON_LIBS) -lm -lpthread

$(BUILD)/tests/vectors: $(VECTOR_OBJS) $(SUPPORT_OBJS) $(TESTLIB)
	$(if $(Q),@echo "  LD    $@")
	$(Q)$(TEST_LINK)

$(RENDER): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(TESTLIB)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD    $@")
	$(Q)$(TEST_LINK)

$(BENCHES): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(BUILD)/obj/tests/bench/bench.o $(SUPPORT_OBJS) $(TESTLIB)
	@mkdir -p $(@D)
	$(Q)$(TEST_LINK)

# Without libFuzzer a target is a program that runs over the files of its corpus once.
$(FUZZERS): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(BUILD)/obj/tests/fuzz/driver.o $(SUPPORT_OBJS) $(TESTLIB)
	@mkdir -p $(@D)
	$(Q)$(TEST_LINK)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
