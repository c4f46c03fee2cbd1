"""People who share information all at once, over HTTP, and know what was acknowledged.

Each of them has a network address of their own, so that no limit for one address is in the
way.  What was sent and not answered is sent again with the same key, as a browser does
whose answer got lost; so in the end there is exactly one record for each key.
"""
import random
import re
import sqlite3
import threading
import time
import urllib.parse

from wire import PASSWORD, Wire


class Session:
    """A cookie and a token; both outlive the server."""

    def __init__(self, port, who):
        self.cookie = ''
        self.ask(port, 'POST', '/sign-in', {'email': f'{who}@example.org', 'password': PASSWORD})
        text = self.ask(port, 'GET', '/share').body.decode()
        self.csrf = re.search(r'name="csrf" value="([^"]*)"', text)[1]

    def ask(self, port, method, path, fields=None, source='127.0.0.1', timeout=60):
        body = urllib.parse.urlencode(fields or {}).encode()
        head = (f'{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n'
                f'Cookie: {self.cookie}\r\n')
        if fields:
            head += f'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n'
        wire = Wire(port, source=source, timeout=timeout)
        try:
            answer = wire.send(head.encode() + b'\r\n' + body).answer()
        finally:
            wire.close()
        if 'set-cookie' in answer.headers:
            self.cookie = answer.headers['set-cookie'].split(';')[0]
        return answer


class Load:
    def __init__(self, port, people=('practitioner', 'representative'), threads=8):
        self.sessions = [Session(port, who) for who in people]
        self.threads = threads
        self.port = port
        self.lock = threading.Lock()
        self.sent = 0
        self.waiting = []  # sent, and not answered yet
        self.acknowledged = {}  # key: reference
        self.refused = {}  # status: how often
        self.going = False
        self.running = []

    def _next(self):
        with self.lock:
            if self.waiting:
                return self.waiting.pop()
            self.sent += 1
            return f'load-{self.sent}'

    def share(self, key, number=0):
        """True: it was acknowledged."""
        # A key is somebody's, and says the same each time: else it would be another submission.
        which = int(key.rpartition('-')[2])
        session = self.sessions[which % len(self.sessions)]
        fields = {'csrf': session.csrf, 'key': key, 'do': 'send', 'when': 'last week',
                  'narrative': f'as written below, {key}.', 'm1-kind': 'vehicle', 'm1-keep': 'yes',
                  'm1-registration': f'WK{10 + which * 37 % 70} ABC', 'm2-kind': 'person', 'm2-keep': 'yes',
                  'm2-name': f'Person {key}'}
        try:
            answer = session.ask(self.port, 'POST', '/share', fields,
                                 source=f'127.0.{number % 200}.{random.randrange(2, 250)}')
        except OSError:
            answer = None
            time.sleep(0.05)  # nobody is there
        found = answer and answer.status == 303 and re.search(r'/shared/(PEN-\w{4}-\w{4})',
                                                              answer.headers.get('location', ''))
        with self.lock:
            if found:
                self.acknowledged[key] = found[1]
                return True
            self.waiting.append(key)
            status = answer.status if answer else 0
            self.refused[status] = self.refused.get(status, 0) + 1
        return False

    def _run(self, number):
        while self.going:
            self.share(self._next(), number)

    def start(self, port):
        self.port = port
        self.going = True
        self.running = [threading.Thread(target=self._run, args=(i,)) for i in range(self.threads)]
        for thread in self.running:
            thread.start()

    def stop(self):
        self.going = False
        for thread in self.running:
            thread.join()

    def settle(self, port):
        """Sends what was not answered until it is."""
        self.port = port
        for _ in range(3):
            waiting, self.waiting = self.waiting, []
            for key in waiting:
                self.share(key)
        return not self.waiting


def faults(data, load, before):
    """What is wrong with a data folder after the load; empty: nothing.  `before`: how many
    submissions there were."""
    found = []
    db = sqlite3.connect(f'file:{data}/pendeen.db?mode=ro', uri=True)

    def one(text):
        return db.execute(text).fetchone()[0]
    whole = one('PRAGMA integrity_check')
    if whole != 'ok':
        found.append(f'database: {whole}')
    if db.execute('PRAGMA foreign_key_check').fetchall():
        found.append('a reference leads nowhere')
    there = {row[0] for row in db.execute('SELECT reference FROM submission')}
    lost = [reference for reference in load.acknowledged.values() if reference not in there]
    if lost:
        found.append(f'{len(lost)} acknowledged submissions are lost, such as {lost[0]}')
    halves = one('SELECT count(*) FROM submission s WHERE s.id > (SELECT coalesce(max(id), 0) FROM submission'
                 f' WHERE id <= {before}) AND ((SELECT count(*) FROM mention m WHERE m.submission_id = s.id) <> 2'
                 ' OR NOT EXISTS (SELECT 1 FROM source o JOIN record_key k ON k.id = o.key_id AND k.kek > 0'
                 ' WHERE o.submission_id = s.id)'
                 ' OR NOT EXISTS (SELECT 1 FROM record_key k WHERE k.id = s.key_id AND k.kek > 0))')
    if halves:
        found.append(f'{halves} submissions are half written')
    if not load.waiting and len(there) - before != len(load.acknowledged):
        found.append(f'{len(there) - before} submissions for {len(load.acknowledged)} keys')
    if len(set(load.acknowledged.values())) != len(load.acknowledged):
        found.append('two keys have the same submission')
    db.close()
    return found


def submissions(data):
    db = sqlite3.connect(f'file:{data}/pendeen.db?mode=ro', uri=True)
    count = db.execute('SELECT max(id) FROM submission').fetchone()[0] or 0
    db.close()
    return count
