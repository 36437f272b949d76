# shellcheck shell=bash
# A real Ollama, made with Go in build/ollama; sourced behind common.sh.

ollama_version=v0.6.8 # later ones do not build in this way
ollama_home=$root/build/ollama
ollama_seconds=${ANTIPHON_OLLAMA_SECONDS:-900}

ollama_installed() { [ -x "$ollama_home/bin/ollama" ] && [ "$(cat "$ollama_home/version" 2>/dev/null)" = "$ollama_version" ]; }

# go_of_ollama: whether there is a Go that can make it. If not, the last line says why.
go_of_ollama() {
  local version
  if ! command -v go >/dev/null; then
    say "Ollama is made with Go 1.24 or later, and there is no go here"
    return 1
  fi
  version=$(GOTOOLCHAIN=local go env GOVERSION)
  if [[ ! $version =~ ^go1\.([0-9]+) ]] || [ "${BASH_REMATCH[1]}" -lt 24 ]; then
    say "Ollama is made with Go 1.24 or later, and this is $version"
    return 1
  fi
}

# install_ollama: about two minutes of both processors on a machine that does nothing else, once. When it cannot be had
# the last line says why.
install_ollama() {
  ! ollama_installed || return 0
  go_of_ollama || return 1
  if [ -n "${ANTIPHON_NO_OLLAMA:-}" ]; then
    say "Ollama $ollama_version could not be made before, and ANTIPHON_NO_OLLAMA is set: $logs/ollama.log"
    return 1
  fi
  say "Making Ollama $ollama_version with Go (two minutes, or more beside other work)"
  if ! logged ollama make_ollama; then
    say "Ollama $ollama_version could not be made within $ollama_seconds s: $logs/ollama.log"
    return 1
  fi
}

# Modules and objects stay in Go's own caches; the program comes here, and nothing of the caller's settings for
# other Go projects has a part in it.
make_ollama() (
  flock -w "$ollama_seconds" 9 || exit 1
  ! ollama_installed || exit 0
  mkdir -p "$ollama_home/bin"
  cd "$ollama_home"
  env GOBIN="$ollama_home/bin" GOFLAGS= GOWORK=off GOTOOLCHAIN=local CGO_ENABLED=1 \
    timeout --foreground -k 10 "$ollama_seconds" go install "github.com/ollama/ollama@$ollama_version" &&
    printf '%s\n' "$ollama_version" >"$ollama_home/version"
) 9>"$root/build/ollama.lock"

# start_ollama NAME...: serves the real model under these names; sets server_url.
start_ollama() {
  local gguf
  gguf=$("$model_venv/bin/python" "$root/scripts/real-model.py" --print-path) || return 1
  local server_patience=300 # the model is copied and looked through
  start_server "$logs/real-ollama.log" "$model_venv/bin/python" "$root/scripts/real-ollama.py" \
    --ollama "$ollama_home/bin/ollama" --home "$ollama_home/home" --gguf "$gguf" \
    --modelfile "$root/tests/real/Modelfile" "$@"
}
