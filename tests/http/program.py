"""The server with made-up data, and a program that asks it: for tests of /api/v1."""
import base64
import http.client
import json
import re
import signal
import subprocess
import urllib.parse

PASSWORD = 'three words for trying'


class Server:
    """`pendeen demo` on a free port, with what it wrote on standard error in `log`."""

    def __init__(self, program, data, *options, reports=60, log=None):
        self.log = log or open(f'{data}.log', 'w+', encoding='utf-8')
        self.process = subprocess.Popen(
            [program, 'demo', '--data', data, '--port', '0', '--reports', str(reports), *options],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.port = 0
        self.people = {}
        for line in self.process.stdout:
            person = re.match(r'  (.+?)\s{2,}(\S+@\S+)$', line)
            if person:
                self.people[person[1]] = person[2]
            place = re.search(r'http://127\.0\.0\.1:(\d+)', line)
            if place:
                self.port = int(place[1])
                break

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=60)
        named = {name.replace('_', '-'): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        answer.text = answer.read().decode('utf-8', 'replace')
        connection.close()
        return answer

    def form(self, path, fields, cookie=None):
        headers = {'Content_Type': 'application/x-www-form-urlencoded'}
        if cookie:
            headers['Cookie'] = cookie
        return self.ask('POST', path, urllib.parse.urlencode(fields, doseq=True), **headers)

    def sign_in(self, email):
        answer = self.form('/sign-in', {'email': email, 'password': PASSWORD})
        return answer.getheader('Set-Cookie').split(';')[0]

    def add_program(self, role, scopes, organisation=''):
        """(client_id, client_secret) of a new program of the organisation of that name (else of the
        first), made on the administrator's page."""
        email = next(address for label, address in self.people.items() if 'dministrator' in label)
        cookie = self.sign_in(email)
        page = self.ask('GET', '/programs', Cookie=cookie).text
        token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
        organisation = re.search(r'<option value="(\d+)"[^>]*>\s*' + re.escape(organisation), page)[1]
        last_day = re.search(r'id="until"[^>]*value="([^"]+)"', page)[1]
        page = self.form('/programs', {'csrf': token, 'name': 'A program for tests', 'organisation': organisation,
                                       'role': role, 'scope': scopes, 'until': last_day}, cookie).text
        identity = re.search(r'id="id"[^>]*value="([^"]+)"', page)[1]
        secret = re.search(r'id="secret"[^>]*>([^<]+)<', page)[1]
        return identity, secret.strip()

    def token(self, identity, secret):
        pair = base64.b64encode(f'{identity}:{secret}'.encode()).decode()
        answer = self.ask('POST', '/oauth/token', 'grant_type=client_credentials', Authorization=f'Basic {pair}',
                          Content_Type='application/x-www-form-urlencoded')
        return json.loads(answer.text)['access_token']

    @classmethod
    def at(cls, port):
        """A server that runs already, with the demonstration's people; it is not ours to stop."""
        server = cls.__new__(cls)
        server.port = port
        server.people = {'Administrator': 'administrator@example.org'}
        return server

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.log.seek(0)
        return code, self.log.read()
