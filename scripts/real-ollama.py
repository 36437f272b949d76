#!/usr/bin/env python3
"""Serves a real model by Ollama on 127.0.0.1 until standard input closes.

When the model can be asked, one JSON line on standard output says where: {"url": "http://127.0.0.1:PORT", "models": […]}.
The log of Ollama goes to standard error. Whoever starts this keeps a pipe to its standard input open: when that process
ends, however it ends, the pipe closes and Ollama goes with it.
"""

import argparse
import ctypes
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from parent import wait_for_end

START_SECONDS = 60
CREATE_SECONDS = 300
END_SECONDS = 10


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serves a real model by Ollama on 127.0.0.1 until standard input closes.")
    parser.add_argument("--ollama", type=Path, required=True, help="the program")
    parser.add_argument("--home", type=Path, required=True, help="a folder for its models and its key")
    parser.add_argument("--gguf", type=Path, required=True, help="the model")
    parser.add_argument("--modelfile", type=Path, required=True, help="what follows FROM in the Modelfile")
    parser.add_argument("names", nargs="+", help="names of the model")
    return parser.parse_args()


def environment(home: Path, address: str) -> dict:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "OLLAMA_HOST": address,
        "OLLAMA_MODELS": str(home / "models"),
        # One answer at a time, so that tests see when one has been given up.
        "OLLAMA_NUM_PARALLEL": "1",
        "OLLAMA_MAX_LOADED_MODELS": "1",
    }


def end_with_parent() -> None:
    """Runs in the child: it gets a signal when this process is gone, even if that was killed."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


class Ollama:
    def __init__(self, program: Path, home: Path):
        self.program = program
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        # A session of its own: what it starts can be ended with it.
        self.process = subprocess.Popen(
            [program, "serve"],
            env=environment(home, "127.0.0.1:0"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        self.addresses = queue.Queue()
        threading.Thread(target=self.pass_log_on, daemon=True).start()
        try:
            self.address = self.addresses.get(timeout=START_SECONDS)
        except queue.Empty:
            self.address = ""
        if not self.address:
            self.stop()
            sys.exit("real-ollama: the server did not start")

    def pass_log_on(self) -> None:
        """It chose a port by itself, and its log is the only place that says which."""
        for line in self.process.stderr:
            sys.stderr.buffer.write(line)
            sys.stderr.buffer.flush()
            if found := re.search(rb"Listening on (127\.0\.0\.1:\d+)", line):
                self.addresses.put(found[1].decode())
        self.addresses.put("")

    def run(self, *arguments) -> None:
        subprocess.run(
            [self.program, *arguments],
            env=environment(self.home, self.address),
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            stderr=sys.stderr,
            timeout=CREATE_SECONDS,
            check=True,
        )

    def create(self, gguf: Path, modelfile: Path, names: list) -> None:
        whole = self.home / "Modelfile"
        whole.write_text(f"FROM {gguf}\n{modelfile.read_text()}")
        self.run("create", names[0], "-f", whole)
        for name in names[1:]:
            self.run("cp", names[0], name)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                pass
        # Whatever is left of its session: the server itself, or the engine that it started.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


def main() -> None:
    # As an exception, so that the server is ended on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    parent = os.getppid()
    arguments = options()
    ollama = Ollama(arguments.ollama, arguments.home)
    try:
        started = time.monotonic()
        ollama.create(arguments.gguf, arguments.modelfile, arguments.names)
        print(f"real-ollama: the model was made in {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
        print(json.dumps({"url": f"http://{ollama.address}", "models": arguments.names}), flush=True)
        wait_for_end(parent, lambda: ollama.process.poll() is None)
    finally:
        ollama.stop()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.SubprocessError as error:
        sys.exit(f"real-ollama: {error}")
