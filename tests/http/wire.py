"""What the tests of HTTP itself share: the program, TAP, and raw bytes on a socket."""
import atexit
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

PASSWORD = 'three words for trying'
EVERY_ANSWER = ('content-security-policy', 'x-content-type-options', 'x-frame-options', 'referrer-policy',
                'cross-origin-opener-policy', 'cross-origin-resource-policy', 'permissions-policy')


class Tap:
    def __init__(self):
        self.number = self.failed = 0

    def check(self, good, what, why=''):
        self.number += 1
        self.failed += 0 if good else 1
        print(f"{'ok' if good else 'not ok'} {self.number} - {what}", flush=True)
        if not good and why:
            print(f'# {why}', flush=True)
        return good

    def end(self):
        print(f'1..{self.number}')
        sys.exit(1 if self.failed else 0)


def new_folder():
    folder = tempfile.mkdtemp(prefix='pendeen-http-')
    atexit.register(shutil.rmtree, folder, True)
    return folder


class Program:
    """`pendeen demo` on a folder of its own and a free port."""

    def __init__(self, build, *words, address='127.0.0.1', folder=None, reports=30):
        self.folder = folder or new_folder()
        self.log = open(f'{self.folder}/log', 'a+')
        self.program = subprocess.Popen(
            [f'{build}/pendeen', 'demo', '--data', f'{self.folder}/data', '--port', '0', '--address', address,
             '--reports', str(reports), *words], stdout=subprocess.PIPE, stderr=self.log, text=True)
        atexit.register(self.program.kill)
        self.port = None
        for line in self.program.stdout:
            found = re.search(r'Pendeen is at \w+://\S+:(\d+)/', line)
            if found:
                self.port = int(found[1])
                break
        if not self.port:
            raise SystemExit('Bail out! the program did not start: ' + self.errors())
        # What it says later must not fill the pipe.
        threading.Thread(target=self.program.stdout.read, daemon=True).start()

    def errors(self):
        self.log.seek(0)
        return self.log.read()

    def signal(self, number):
        self.program.send_signal(number)

    def stop(self):
        self.program.terminate()
        return self.program.wait(timeout=120)


class Answer:
    """One answer off the wire; `status` 0: none came."""

    def __init__(self, status=0, lines=(), body=b'', raw=b''):
        self.status = status
        self.lines = lines
        self.body = body
        self.raw = raw
        self.headers = {}
        for line in lines:
            name, _, value = line.partition(':')
            self.headers.setdefault(name.strip().lower(), value.strip())

    @property
    def has_every_header(self):
        return all(name in self.headers for name in EVERY_ANSWER)


class Wire:
    """A socket, and the answers that come on it."""

    def __init__(self, port, source='127.0.0.1', address='127.0.0.1', tls=None, timeout=30):
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        if family == socket.AF_INET:
            self.socket.bind((source, 0))
        self.socket.connect((address, port))
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname='pendeen.example.org')
        self.rest = b''

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it was refused already; the answer says so
        return self

    def more(self):
        try:
            piece = self.socket.recv(65536)
        except (ConnectionResetError, ssl.SSLError):
            piece = b''
        self.rest += piece
        return bool(piece)

    def answer(self, head_only=False):
        while b'\r\n\r\n' not in self.rest:
            if not self.more():
                return Answer(raw=self.rest)
        head, _, rest = self.rest.partition(b'\r\n\r\n')
        lines = head.decode('latin-1').split('\r\n')
        status = int(lines[0].split(' ')[1])
        self.rest = rest
        answer = Answer(status, lines[1:], raw=head)
        if status == 100 or head_only:
            return answer
        length = int(answer.headers.get('content-length', '0'))
        while len(self.rest) < length and self.more():
            pass
        answer.body, self.rest = self.rest[:length], self.rest[length:]
        return answer

    def is_closed(self):
        """Did the other side end it?  Nothing but the end may come."""
        if self.rest:
            return False
        try:
            return not self.more()
        except (TimeoutError, socket.timeout):
            return False

    def close(self):
        self.socket.close()


def ask(port, data, **words):
    """One request on a connection of its own."""
    wire = Wire(port, **words)
    answer = wire.send(data).answer(data.startswith(b'HEAD '))
    wire.close()
    return answer


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False
