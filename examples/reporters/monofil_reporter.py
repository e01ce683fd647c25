"""Reports work that runs here to a Monofil hub. Copy this file: it needs the standard library only (Python 3.9+).

    with Reporter("http://127.0.0.1:4000", run="nightly-7", name="host-a") as reporter:
        reporter.start({"workflow": "nightly", "total": len(things)})
        for thing in things:
            reporter.checkpoint()                      # waits while paused, raises Cancelled
            reporter.report("thing-1:done", item="thing-1", status="completed", result={"size": 3})
        print(reporter.finish({"things": len(things)}))

A thread of its own sends the reports in batches, so that the work does not wait for the network. What the hub did not
answer is sent again with the same ids, which the hub applies once. The contract is docs/REPORTS.md.
"""
import http.client
import json
import logging
import random
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import deque

BATCH = 100  # Reports of one request; the hub takes up to 1,000 and 1 MiB.
WAITING = 1_000  # Reports that may wait while the hub is away; then the work waits too.
TIMEOUT = 30.0  # Seconds for one answer.
OVER = ("completed", "partial", "failed", "cancelled")
LOG = logging.getLogger("monofil")


class Cancelled(Exception):
    """The hub wants the run cancelled: stop, and call cancelled()."""


class RunOver(Exception):
    """The run has ended without this reporter, by force or by another one: nothing more is taken."""


class Refused(Exception):
    """The hub will never take this: the request is wrong, or its sender has no right to it."""

    def __init__(self, error):
        try:
            self.problem = json.load(error)  # application/problem+json
        except ValueError:
            self.problem = {}
        self.status, self.code = error.code, self.problem.get("code")
        super().__init__(f"{error.code} {self.code or error.reason}: {self.problem.get('detail', '')}")


class Reporter:
    def __init__(self, url, run, name="reporter", token=None, heartbeat=15.0, give_up=900.0):
        """name tells the reporters of one run apart; heartbeat and give_up (a hub that stays away) are in seconds."""
        self._url, self._run, self._name, self._token = url.rstrip("/"), run, name, token
        self._heartbeat, self._give_up = heartbeat, give_up
        self._changed = threading.Condition()
        self._waiting, self._sending = deque(), False
        self._wanted, self._status, self._failure = "run", None, None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            self._drain()

    def start(self, body):
        """Makes the run, or joins the one that an earlier start made, and begins to send. Answers the run."""
        heartbeat = int(self._heartbeat * 1000)
        run = self._call("/v1/runs", {"external": True, "heartbeatMs": heartbeat, **body, "id": self._run})
        self._wanted, self._status = run["wanted"], run["status"]
        if self._status not in OVER:
            threading.Thread(target=self._send_all, name="monofil", daemon=True).start()
        return run

    def items(self):
        """What the hub has of the run's items, by id: who goes on with a run skips what is over."""
        items, cursor = {}, None
        while True:
            query = urllib.parse.urlencode({"limit": 200, **({"cursor": cursor} if cursor else {})})
            page = self._call(f"/v1/runs/{self._run}/items?{query}")
            items.update((item["id"], item) for item in page["items"])
            cursor = page["nextCursor"]
            if cursor is None:
                return items

    def report(self, id, **fields):
        """Queues a report. The same fact must have the same id each time, also in the next process that says it."""
        with self._changed:
            self._wait(lambda: len(self._waiting) < WAITING)
            self._waiting.append({"id": id, **fields})
            self._changed.notify_all()

    def checkpoint(self):
        """Call it before each item: waits while the hub wants a pause, raises Cancelled when it wants the end."""
        if self._wanted == "pause":
            stamp = time.time_ns()  # There may be many pauses, and each is a fact of its own.
            self.report(f"{self._name}:paused:{stamp}", status="paused")
            with self._changed:
                self._wait(lambda: self._wanted != "pause")
            if self._wanted == "run":
                self.report(f"{self._name}:running:{stamp}", status="running")
        if self._wanted == "cancel":
            raise Cancelled()

    def finish(self, result=None):
        """Says that this reporter is done. Answers the run's status: 'running' while other reporters have work left."""
        self.report(f"{self._name}:end", status="completed", result=result)
        self._drain()
        return self._status

    def cancelled(self):
        """Says that the work has stopped, as the hub wanted."""
        self.report(f"{self._name}:end", status="cancelled")
        self._drain()

    def _drain(self):
        with self._changed:
            self._wait(lambda: not (self._waiting or self._sending))

    def _wait(self, condition):
        self._changed.wait_for(lambda: self._failure or condition())
        if self._failure:
            raise self._failure

    def _send_all(self):
        try:
            while self._status not in OVER:
                self._send(self._take())
                with self._changed:
                    self._sending = False
                    self._changed.notify_all()
        except Exception as error:  # The work hears of it at its next call.
            with self._changed:
                self._failure = error
                self._changed.notify_all()

    def _take(self):
        """The next batch, or a sign of life when there was nothing to say for a while."""
        with self._changed:
            # Who is paused asks more often, so that the end of the pause is heard soon.
            beat = min(self._heartbeat / 3, 1.0 if self._wanted == "pause" else 5.0)
            if not self._changed.wait_for(lambda: self._waiting, timeout=beat):
                # Known to the hub from the second time on: it changes nothing there, and is heard.
                return [{"id": f"{self._name}:alive"}]
            self._sending = True
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            self._changed.notify_all()
            return batch

    def _send(self, batch):
        try:
            answer = self._call(f"/v1/runs/{self._run}/reports", {"reports": batch})
            status, wanted = answer["run"]["status"], answer["run"]["wanted"]
        except Refused as refused:
            if refused.status == 413 and len(batch) > 1:
                self._send(batch[: len(batch) // 2])
                self._send(batch[len(batch) // 2 :])
                return
            status, wanted = refused.problem.get("state"), self._wanted
            if refused.code != "invalid_state" or status not in OVER:
                raise
        with self._changed:
            self._status, self._wanted = status, wanted
            self._changed.notify_all()
        if status in OVER and batch[-1]["id"] != f"{self._name}:end":
            raise RunOver(f"run {self._run} is {status}")

    def _call(self, path, body=None):
        """Asks until the hub has answered. The body stays the same, so that it counts once however often it arrives."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        since, tries = time.monotonic(), 0
        while True:
            after = None
            try:
                request = urllib.request.Request(self._url + path, data, headers)
                with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                    return json.load(response)
            except urllib.error.HTTPError as error:
                if error.code not in (408, 429) and error.code < 500:
                    raise Refused(error) from None
                after = error.headers.get("Retry-After")
                failure = error
            except (OSError, http.client.HTTPException, ValueError) as error:
                failure = error  # No connection, or an answer that was cut: nobody knows whether it was applied.
            if tries == 0:
                LOG.warning("the hub at %s does not answer (%s); trying again", self._url, failure)
            tries += 1
            # Half to all of 0.5, 1, 2, 4, 8 seconds, so that many reporters do not come back together.
            delay = min(0.25 * 2 ** tries, 8.0) * random.uniform(0.5, 1.0)
            if after is not None and after.isdigit():
                delay = max(delay, float(after))
            if time.monotonic() + delay - since > self._give_up:
                raise failure
            time.sleep(delay)
