#!/usr/bin/env bash
# Everything that must hold before a change is in: format, lints, tests, documents, the demo.
# Ends with what the run did, in numbers. A number that must not be zero and is, fails the run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Installs Debian packages that are missing; where that cannot be, the stage that needs them says so.
install() {
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq "$@" || true
}
# SQLite comes as C source. The server's store runs on PostgreSQL as well; its tests start servers of
# their own. Disks that fail at any call are made by strace. Lines come through OpenSSH's client and server.
command -v cc >/dev/null || install gcc libc6-dev
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null ||
  install postgresql
command -v strace >/dev/null || install strace
{ [ -x /usr/sbin/sshd ] && command -v ssh >/dev/null; } || install openssh-server openssh-client

# Names that tests report through tests/support/counts.rs, and what each one means.
# A count moves to `needed` with the first test that reports it.
needed=(
  "boards:boards that showed another station's reading"
  "broken_files_refused:broken files refused"
  "database_kills:kills of a database while pages came in"
  "databases:databases of PostgreSQL that tests ran on"
  "finding_codes:finding codes covered"
  "kills:processes of gemba killed (kill -9)"
  "late_facts_completed:orders completed after a late fact"
  "seeds:seeds run"
  "simulated_stops:stops of simulated stations"
  "slow_line_facts:facts that came over the slow line"
  "source_files_checked:source files checked by the rules of the house"
  "terminal_values:values written by forty processes at once"
  "values_found:of these found, at a second look or place"
  "values_saved:values that were called saved"
  "wrong_implementations:wrong implementations found"
)
reported=(
  "board_ms:ms until a board showed another station's reading"
  "disk_failures:calls of the store that failed"
  "judge_moved_ms:ms until another server judged"
  "samples_absent:samples absent"
  "samples_run:samples run"
  "slow_line_drops:connections that the slow line dropped"
  "slow_line_ms:ms until all of it had come over the slow line"
  "terminal_p50_ms:ms until a value of the forty was saved, half of them"
  "terminal_p99_ms:ms until a value of the forty was saved, 99 of 100"
)
# So many real processes die in a run, at the least.
kills_min=300
# With the folder of samples at hand, at least one of them must have been read.
if [ -n "${GEMBA_SAMPLES:-}" ]; then
  needed+=("samples_run:samples run")
fi

scratch=$(mktemp -d)
export GEMBA_COUNTS=$scratch/counts
: >"$GEMBA_COUNTS"
: >"$scratch/tests"
failures=()

stage() {
  local name=$1
  shift
  printf '\n== %s\n' "$name"
  "$@" || failures+=("$name")
}

run_tests() {
  cargo test --locked --no-fail-fast 2>&1 | tee "$scratch/tests"
}

# `sum NAME`: the sum of what the tests reported under this name.
sum() {
  awk -v name="$1" '$1 == name { total += $2 } END { print total + 0 }' "$GEMBA_COUNTS"
}

# `results WORD`: the sum of "N WORD" over the result lines of all test binaries.
results() {
  awk -v word="$1" '/^test result: / {
    for (i = 2; i <= NF; i++) if ($i == word || $i == word ";") total += $(i - 1)
  } END { print total + 0 }' "$scratch/tests"
}

# Printed however the run ends; the last line is the one that machines read.
finish() {
  local status=$?
  local entry name meaning passed failed skipped
  passed=$(results passed)
  failed=$(results failed)
  skipped=$(($(results ignored) + $(awk '$1 ~ /^skipped:/' "$GEMBA_COUNTS" | wc -l)))

  printf '\n== counts\n'
  printf '%8d  tests passed\n%8d  tests failed\n' "$passed" "$failed"
  for entry in "${needed[@]}" "${reported[@]}"; do
    name=${entry%%:*}
    meaning=${entry#*:}
    case " ${shown:-} " in *" $name "*) continue ;; esac
    shown="${shown:-} $name"
    printf '%8d  %s\n' "$(sum "$name")" "$meaning"
  done
  sed -n 's/^skipped:\([^ ]*\) .*/ skipped  \1/p' "$GEMBA_COUNTS"
  sed -n 's/^test \(.*\) \.\.\. ignored.*/ skipped  \1/p' "$scratch/tests"

  for entry in "${needed[@]}"; do
    name=${entry%%:*}
    [ "$(sum "$name")" -gt 0 ] || failures+=("no ${entry#*:}")
  done
  [ "$passed" -gt 0 ] || failures+=("no test passed")
  [ "$(sum values_saved)" = "$(sum values_found)" ] || failures+=("saved values were not found")
  [ "$(sum kills)" -ge "$kills_min" ] || failures+=("fewer than $kills_min processes were killed")
  for entry in "${failures[@]}"; do
    printf '  FAILED  %s\n' "$entry"
    status=1
  done
  rm -rf "$scratch"
  # A stage that fails outside the tests must not leave a last line that reads like success.
  [ "$status" = 0 ] || [ "$failed" -gt 0 ] || failed=1
  if [ "$skipped" -gt 0 ]; then
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  else
    printf '\n%d passed, %d failed\n' "$passed" "$failed"
  fi
  exit "$status"
}
trap finish EXIT

stage "format" cargo fmt --check
stage "lints" cargo clippy --locked --all-targets -- -D warnings
stage "tests" run_tests
stage "without SSH" cargo check --locked --no-default-features
stage "documents" env RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
stage "release build" cargo build --locked --release
stage "demo" target/release/gemba demo --headless --script fixtures/shift.keys
