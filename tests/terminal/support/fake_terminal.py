"""Runs a program on a pseudo-terminal that answers as a real one does, and keeps what it writes.

    fake_terminal.py OPTIONS.json -- PROGRAM ARGUMENT ...

OPTIONS: columns, rows, env (variables set beside PATH and HOME), answers (control sequence asked:
answer), statusDelay (s before a status question is answered), script (list of [after the Nth
status answer, what]: text to type, or {"resize": [columns, rows]}, {"signal": "TERM"},
{"hangup": true}, {"freeze": 1}: takes nothing any more and sends SIGTERM so many seconds later), output (file for the bytes), patience (s).

Prints one JSON object: status, restored (whether the terminal's settings are those of before),
answered (status questions).
"""
import fcntl, json, os, pty, select, signal, struct, sys, termios, time

options = json.load(open(sys.argv[1]))
command = sys.argv[sys.argv.index("--") + 1:]
ASK_STATUS = b"\x1b[5n"
answers = {k.encode("latin1"): v.encode("latin1") for k, v in options["answers"].items()}


def set_size(fd, columns, rows):
    width, height = 8 * columns, 16 * rows
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, width, height))


master, slave = pty.openpty()
set_size(master, options["columns"], options["rows"])
before = termios.tcgetattr(slave)
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.close(master)
    os.close(slave)
    kept = {k: os.environ[k] for k in ("PATH", "HOME", "DENO_DIR") if k in os.environ}
    os.execvpe(command[0], command, {**kept, **options["env"]})

output = open(options["output"], "wb")
end = time.monotonic() + options["patience"]
script = list(options["script"])
tail, answered, open_, status, restored = b"", 0, True, None, None
questions = list(answers) + [ASK_STATUS]
longest = max(len(q) for q in questions)
due = []
frozen = None


def act(what):
    global open_, frozen
    if isinstance(what, str):
        os.write(master, what.encode("latin1"))
    elif "resize" in what:
        set_size(master, *what["resize"])
    elif "signal" in what:
        os.kill(child, getattr(signal, "SIG" + what["signal"]))
    elif "freeze" in what:
        frozen = time.monotonic() + what["freeze"]
    elif "hangup" in what:
        os.close(slave)
        os.close(master)
        open_ = False


def look(data):
    """Answers every question that has come whole."""
    global tail
    text = tail + data
    at = 0
    while at < len(text):
        question = next((q for q in questions if text.startswith(q, at)), None)
        if question is None:
            if len(text) - at < longest and any(q.startswith(text[at:]) for q in questions):
                break
            step = text.find(b"\x1b", at + 1)
            at = len(text) if step < 0 else step
        else:
            at += len(question)
            if question == ASK_STATUS:
                due.append(time.monotonic() + options.get("statusDelay", 0))
            else:
                os.write(master, answers[question])
    tail = text[at:]


while time.monotonic() < end:
    done, code = os.waitpid(child, os.WNOHANG)
    if done:
        status = os.waitstatus_to_exitcode(code)
        break
    if not open_ or frozen is not None:
        time.sleep(0.01)
        if frozen is not None and frozen <= time.monotonic():
            os.kill(child, signal.SIGTERM)
            frozen = float("inf")
        continue
    while due and due[0] <= time.monotonic():
        due.pop(0)
        os.write(master, b"\x1b[0n")
        answered += 1
        while open_ and script and script[0][0] <= answered:
            act(script.pop(0)[1])
        if not open_ or frozen is not None:
            break
    if open_ and frozen is None and select.select([master], [], [], 0.005)[0]:
        data = os.read(master, 65536)
        output.write(data)
        look(data)
if status is None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
if open_:
    while select.select([master], [], [], 0.05)[0]:
        output.write(os.read(master, 65536))
    restored = termios.tcgetattr(slave) == before
output.close()
print(json.dumps({"status": status, "restored": restored, "answered": answered}))
