#!/usr/bin/env python3
"""Counts and checksums the files of a folder, and reports each to a Monofil hub as it is done.

    python3 wordcount.py FOLDER [--url http://127.0.0.1:4000] [--run ID] [--part 1/2]

Start it again with the same --run after a crash and it goes on: what the hub knows is not counted twice. Two processes
may share a run: --part 1/2 takes every other file. Exit code 0: completed or partial; 1: failed, cancelled, refused.
"""
import argparse
import hashlib
import os
import re
import sys
import time

from monofil_reporter import OVER, Cancelled, Refused, Reporter, RunOver

ATTEMPTS = 3


def files_below(folder):
    """Paths below the folder, sorted, so that every process sees the same order."""
    found = []
    for path, folders, names in os.walk(folder):
        folders.sort()
        found += [os.path.relpath(os.path.join(path, name), folder) for name in names]
    return sorted(found)


def item_id(name):
    """Names may hold anything, ids only some ASCII: what is left of the name, and a hash that tells names apart."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("._-")[-80:].lstrip("._-")
    return f"{plain or 'file'}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:10]}"


def readable(name):
    """The name as Unicode: what is no UTF-8 on the disk could not be sent."""
    return os.fsencode(name).decode("utf-8", "replace")


def measure(path):
    """Bytes and SHA-256 of a file, lines and words too where it is UTF-8 text."""
    with open(path, "rb") as file:
        data = file.read()
    facts = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "lines": None, "words": None}
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return facts
    return {**facts, "lines": data.count(b"\n"), "words": len(text.split())}


def next_attempt(known):
    """The attempt to begin with: the one that was cut off, or the one after what the hub knows of."""
    if known is None:
        return 1
    return max(1, known["attempts"] + (known["status"] == "retrying"))


def count_file(reporter, folder, name, args, known=None):
    """Measures one file, tried again when the disk does not give it."""
    item = item_id(name)
    for attempt in range(next_attempt(known), ATTEMPTS + 1):
        reporter.report(f"{item}:{attempt}:running", item=item, attempt=attempt, status="running")
        try:
            facts = measure(os.path.join(folder, name))
        except OSError as error:
            last = attempt == ATTEMPTS
            problem = {"code": "unreadable", "message": f"{readable(name)}: {error.strerror}"}
            status = "failed" if last else "retrying"
            reporter.report(f"{item}:{attempt}:{status}", item=item, attempt=attempt, status=status, error=problem)
            reporter.report(f"{item}:{attempt}:log", step="main", log={"level": "warn", "message": problem["message"]})
            time.sleep(0.05 * attempt)
            continue
        time.sleep(args.slow)
        usage = {} if facts["words"] is None else {"usage": {"tokens": facts["words"]}}
        result = {"file": readable(name), **facts}
        end = f"{item}:{attempt}:completed"
        reporter.report(end, item=item, attempt=attempt, status="completed", result=result, **usage)
        return


def work(reporter, folder, names, args):
    part, parts = args.part
    mine = names[part - 1 :: parts]
    run = reporter.start({"workflow": "wordcount", "input": {"folder": os.path.abspath(folder)}, "total": len(names)})
    if run["status"] in OVER:
        return run["status"]
    known = {} if run["status"] == "queued" else reporter.items()
    reporter.report(f"part-{part}:begin", log=f"Part {part} of {parts}: {len(mine)} of {len(names)} files")
    try:
        for name in mine:
            before = known.get(item_id(name))
            if before is None or before["status"] not in OVER:
                reporter.checkpoint()
                count_file(reporter, folder, name, args, before)
        return reporter.finish({"files": len(names)})
    except Cancelled:
        reporter.cancelled()
        return "cancelled"


def part_of(text):
    part, _, parts = text.partition("/")
    if not (part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts)):
        raise argparse.ArgumentTypeError(f"takes a part such as 1/2, not {text!r}")
    return int(part), int(parts)


def main():
    parser = argparse.ArgumentParser(description="Counts the files of a folder, live on a Monofil hub.")
    parser.add_argument("folder")
    parser.add_argument("--url", default=os.environ.get("MONOFIL_URL", "http://127.0.0.1:4000"))
    parser.add_argument("--run", default=f"wordcount-{time.time_ns()}", help="the run's id; the same goes on with it")
    parser.add_argument("--part", type=part_of, default=(1, 1), help="1/2: every other file, for two processes")
    parser.add_argument("--heartbeat", type=float, default=15.0, help="seconds of silence after which it is stalled")
    parser.add_argument("--slow", type=float, default=0.0, help="seconds to rest at each file, to have time to look")
    args = parser.parse_args()
    names = files_below(args.folder)
    if not names:
        parser.error(f"there are no files below {args.folder}")
    print(f"run {args.run}: {args.url}/console/runs/{args.run}", flush=True)
    token = os.environ.get("MONOFIL_TOKEN")
    try:
        with Reporter(args.url, args.run, f"part-{args.part[0]}", token, args.heartbeat) as reporter:
            status = work(reporter, args.folder, names, args)
    except (Refused, RunOver, OSError) as error:
        print(f"run {args.run}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nstopped; go on with --run {args.run}", file=sys.stderr)
        return 130
    print(f"run {args.run}: {status}")
    return 0 if status in ("completed", "partial", "running") else 1


if __name__ == "__main__":
    sys.exit(main())
