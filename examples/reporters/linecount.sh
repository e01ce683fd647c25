#!/bin/sh
# Counts the lines, words and bytes of the files given, and reports each to a Monofil hub, with curl alone.
#
#   sh linecount.sh [-r RUN] FILE...
#
# MONOFIL_URL (default http://127.0.0.1:4000) and MONOFIL_TOKEN say where and who. The same RUN again goes on with it:
# what the hub knows already it does not apply twice. Exit code 0: completed or partial; 1: anything else.
set -eu

url=${MONOFIL_URL:-http://127.0.0.1:4000}
run=linecount-$(date +%s)-$$
[ "${1:-}" = -r ] && { run=$2; shift 2; }
[ $# -gt 0 ] || { echo "usage: linecount.sh [-r RUN] FILE..." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

# POSTs the body in $folder/body to a path, the answer goes to $folder/answer. curl sends it again, with the same ids,
# after a lost connection, 408, 429 and 5xx, and waits as long as Retry-After says, a second where nothing is said.
post() {
  code=$("${CURL:-curl}" -sS -o "$folder/answer" -w '%{http_code}' --max-time 30 \
    --retry 600 --retry-delay 1 --retry-max-time 900 --retry-connrefused --retry-all-errors \
    ${MONOFIL_TOKEN:+-H "Authorization: Bearer $MONOFIL_TOKEN"} \
    -H 'Content-Type: application/json' --data-binary "@$folder/body" "$url$1") || code=000
  case $code in
    2*) return 0 ;;
    409) status=$(field state); [ -n "$status" ] && return 1 ;;
  esac
  echo "run $run: $code $(cat "$folder/answer" 2>/dev/null)" >&2
  exit 1
}

# A word of the last answer, such as the run's status or what is wanted of it.
field() { sed -n "s/.*\"$1\":\"\([a-z]*\)\".*/\1/p" "$folder/answer"; }

# Text as JSON has it; control characters and bytes that are no UTF-8 are left out.
text() { printf '%s' "$1" | tr -d '\000-\037' | iconv -c -f UTF-8 -t UTF-8 | sed 's/\\/\\\\/g; s/"/\\"/g'; }

# report ID MEMBERS: puts a report into the batch, which goes out when it is full.
report() {
  [ "$waiting" -eq 0 ] || printf ',' >> "$folder/batch"
  printf '{"id":"%s",%s}' "$1" "$2" >> "$folder/batch"
  waiting=$((waiting + 1))
  if [ "$waiting" -ge 100 ]; then flush; fi
}

# Sends the batch. `wanted` is what the hub wants: run, pause or cancel.
flush() {
  [ "$waiting" -gt 0 ] || return 0
  { printf '{"reports":['; cat "$folder/batch"; printf ']}'; } > "$folder/body"
  : > "$folder/batch"
  waiting=0
  sent=$(date +%s)
  if post "/v1/runs/$run/reports"; then
    wanted=$(field wanted)
    status=$(sed -n 's/.*"run":{"status":"\([a-z]*\)".*/\1/p' "$folder/answer")
  fi
  case $status in completed | partial | failed | cancelled) finish ;; esac
}

finish() {
  echo "run $run: $status"
  case $status in completed | partial) exit 0 ;; *) exit 1 ;; esac
}

# Says that it is paused, and asks once a second whether it still should be. The report `alive` is known to the hub
# from the second time on: it changes nothing, and says that this reporter lives.
pause() {
  stamp=$(date +%s)
  report "paused-$stamp" '"status":"paused"'
  flush
  while [ "$wanted" = pause ]; do
    sleep 1
    report alive '"log":"paused"'
    flush
  done
  if [ "$wanted" = run ]; then report "running-$stamp" '"status":"running"'; fi
}

# Counts one file; its number is the item's id, since ids may not hold what names may.
count() {
  report "f$1-1" "\"item\":\"f$1\",\"attempt\":1,\"status\":\"running\""
  # Of a file that is not there the shell complains, not wc: the braces catch both.
  if facts=$({ wc -l -w -c < "$2"; } 2> /dev/null); then
    set -- "$1" "$2" $facts
    report "f$1-done" "\"item\":\"f$1\",\"attempt\":1,\"status\":\"completed\",\"usage\":{\"tokens\":$4},\"result\":{\"file\":\"$(text "$2")\",\"lines\":$3,\"words\":$4,\"bytes\":$5}"
  else
    report "f$1-done" "\"item\":\"f$1\",\"attempt\":1,\"status\":\"failed\",\"error\":{\"code\":\"unreadable\",\"message\":\"$(text "$2 cannot be read")\"}"
  fi
}

waiting=0 wanted=run status=queued number=0
: > "$folder/batch"
printf '{"id":"%s","workflow":"linecount","external":true,"total":%d,"heartbeatMs":60000}' "$run" $# > "$folder/body"
post /v1/runs || { echo "run $run: $(cat "$folder/answer")" >&2; exit 1; }
echo "run $run: $url/console/runs/$run"
report begin "\"log\":\"$# files\""
flush
for file in "$@"; do
  number=$((number + 1))
  # Once a second it says what is done, and hears what is wanted.
  [ "$(date +%s)" = "$sent" ] || flush
  [ "$wanted" != pause ] || pause
  if [ "$wanted" = cancel ]; then
    report cancelled '"status":"cancelled"'
    flush
  fi
  count "$number" "$file"
  [ -z "${SLOW:-}" ] || sleep "$SLOW"
done
report end '"status":"completed"'
flush
echo "run $run: still $status, somebody else has work left" >&2
exit 1
