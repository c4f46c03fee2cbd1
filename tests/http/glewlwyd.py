#!/usr/bin/env python3
"""glewlwyd, a real OpenID Connect provider, for tests: on a free port of the loopback, with a
database of its own in a temporary folder.

    glewlwyd.py RETURN_ADDRESS      says where it is, serves until its standard input ends

Or as a module: Glewlwyd(return_address), .issuer, .sign_in(auth_url), .stop().
"""
import atexit
import http.client
import http.cookies
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNPACKED = f'{ROOT}/build/unpacked/glewlwyd'
CLIENT, SECRET, PASSWORD = 'pendeen', 'a-secret-of-the-test', 'three words for trying'
# Who there is: user name, email, whether it is verified.
PEOPLE = (('amy', 'amy.teacher@example.org', '1'), ('unverified', 'ben.worker@example.org', '0'),
          ('stranger', 'nobody@example.org', '1'))
CONFIGURATION = '''
port = {port}
bind_address = "127.0.0.1"
external_url = "http://localhost:{port}"
login_url = "login.html"
api_prefix = "api"
log_mode = "file"
log_level = "WARNING"
log_file = "{folder}/log"
cookie_secure = 0
cookie_same_site = "lax"
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "{root}/usr/lib/glewlwyd/user"
client_module_path = "{root}/usr/lib/glewlwyd/client"
user_auth_scheme_module_path = "{root}/usr/lib/glewlwyd/scheme"
plugin_module_path = "{root}/usr/lib/glewlwyd/plugin"
hash_algorithm = "SHA512"
static_files_path = "{folder}/static"
static_files_mime_types = ( {{ extension = ".html" mime_type = "text/html" }} )
database = {{ type = "sqlite3" path = "{folder}/database" }}
'''

# Its own sign-in page needs more packages; this one calls the same interface.
LOGIN_PAGE = '''<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Council sign-in</title>
<form><label>User name <input id="username"></label><label>Password <input id="password" type="password"></label>
<button>Sign in</button></form><script>
const send = (method, path, value) => fetch('/api/auth/' + path,
  { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) })
document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault()
  await send('POST', '', { username: username.value, password: password.value })
  await send('PUT', 'grant/pendeen', { scope: 'openid' })
  location.href = new URLSearchParams(location.search).get('callback_url') + '&g_continue'
})
</script>'''


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Session:
    """A browser's cookies at the provider."""

    def __init__(self, port):
        self.port, self.cookies = port, {}

    def ask(self, method, path, value=None):
        connection = http.client.HTTPConnection('localhost', self.port, timeout=60)
        headers = {'Cookie': '; '.join(f'{n}={v}' for n, v in self.cookies.items())} if self.cookies else {}
        if value is not None:
            headers['Content-Type'] = 'application/json'
        connection.request(method, path, json.dumps(value) if value is not None else None, headers)
        answer = connection.getresponse()
        body = answer.read().decode('utf-8', 'replace')
        connection.close()
        for line in answer.headers.get_all('Set-Cookie') or []:
            self.cookies.update({n: m.value for n, m in http.cookies.SimpleCookie(line).items()})
        return answer.status, body, answer.headers

    def must(self, method, path, value=None):
        status, body, _ = self.ask(method, path, value)
        if status != 200:
            raise SystemExit(f'Bail out! glewlwyd: {method} {path}: {status} {body[:500]}')
        return body


class Glewlwyd:
    def __init__(self, return_address, algorithm='ES256'):
        self.folder = tempfile.mkdtemp(prefix='pendeen-glewlwyd-')
        atexit.register(shutil.rmtree, self.folder, True)
        self.port = free_port()
        self.issuer = f'http://localhost:{self.port}/api/oidc'
        self.start()
        self.set_up(return_address, algorithm)

    def start(self):
        root = UNPACKED if os.path.exists(f'{UNPACKED}/usr/bin/glewlwyd') else ''
        database = sqlite3.connect(f'{self.folder}/database')
        with open(f'{root}/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3') as file:
            database.executescript(file.read())
        kept, = database.execute('SELECT gumi_parameters FROM g_user_module_instance').fetchone()
        kept = json.loads(kept)
        kept['data-format']['email-verified'] = {'multiple': False, 'read': True, 'write': True}
        database.execute('UPDATE g_user_module_instance SET gumi_parameters = ?', (json.dumps(kept),))
        database.commit()
        database.close()
        os.mkdir(f'{self.folder}/static')
        with open(f'{self.folder}/static/login.html', 'w') as file:
            file.write(LOGIN_PAGE)
        with open(f'{self.folder}/configuration', 'w') as file:
            file.write(CONFIGURATION.format(port=self.port, folder=self.folder, root=root))
        self.process = subprocess.Popen([f'{root}/usr/bin/glewlwyd', '-c', f'{self.folder}/configuration'],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        atexit.register(self.stop)
        for _ in range(400):
            if self.process.poll() is not None:
                break
            try:
                return Session(self.port).ask('GET', '/config')
            except OSError:
                time.sleep(0.05)
        log = open(f'{self.folder}/log').read() if os.path.exists(f'{self.folder}/log') else ''
        raise SystemExit(f'Bail out! glewlwyd did not start: {log[-2000:]}')

    def set_up(self, return_address, algorithm):
        private = ec.generate_private_key(ec.SECP256R1()) if algorithm == 'ES256' else \
            rsa.generate_private_key(65537, 2048)
        key = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                    serialization.NoEncryption()).decode()
        public = private.public_key().public_bytes(serialization.Encoding.PEM,
                                                   serialization.PublicFormat.SubjectPublicKeyInfo).decode()
        admin = Session(self.port)
        admin.must('POST', '/api/auth/', {'username': 'admin', 'password': 'password'})
        admin.must('POST', '/api/mod/plugin/', {
            'module': 'oidc', 'name': 'oidc', 'display_name': 'oidc', 'parameters': {
                'iss': self.issuer, 'jwt-type': 'ecdsa' if algorithm == 'ES256' else 'rsa', 'jwt-key-size': '256',
                'key': key, 'cert': public, 'access-token-duration': 3600, 'refresh-token-duration': 3600,
                'code-duration': 600, 'refresh-token-rolling': True, 'allow-non-oidc': False,
                'auth-type-code-enabled': True, 'auth-type-code-revoke-replayed': True,
                'auth-type-token-enabled': False, 'auth-type-id-token-enabled': True,
                'auth-type-none-enabled': False, 'auth-type-password-enabled': False,
                'auth-type-client-enabled': False, 'auth-type-device-enabled': False,
                'auth-type-refresh-enabled': False, 'jwks-show': True, 'pkce-allowed': True, 'pkce-required': True,
                'pkce-method-plain-allowed': False, 'subject-type': 'public', 'oauth-as-iss-id': True,
                'session-management-allowed': True, 'session-cookie-name': 'GLEWLWYD2_OIDC_SID',
                'session-cookie-expiration': 3600, 'email-claim': 'mandatory', 'name-claim': 'no', 'scope-claim': 'no',
                'claims': [{'name': 'email_verified', 'user-property': 'email-verified', 'type': 'boolean',
                            'boolean-value-true': '1', 'boolean-value-false': '0', 'mandatory': True}]}})
        admin.must('POST', '/api/client/', {
            'client_id': CLIENT, 'client_secret': SECRET, 'confidential': True, 'enabled': True, 'scope': [],
            'redirect_uri': [return_address], 'authorization_type': ['code'],
            'token_endpoint_auth_method': ['client_secret_basic'], 'name': 'Pendeen'})
        for name, email, verified in PEOPLE:
            admin.must('POST', '/api/user/', {'username': name, 'password': PASSWORD, 'email': email, 'name': name,
                                              'email-verified': verified, 'scope': ['openid'], 'enabled': True})

    def sign_in(self, auth_url, person='amy'):
        """What a person does there: password, consent, and the way back that they are sent."""
        session = Session(self.port)
        path = auth_url.split(f'localhost:{self.port}', 1)[1]
        status, _, headers = session.ask('GET', path)
        if status == 302 and '/login.html' in headers['Location']:
            session.must('POST', '/api/auth/', {'username': person, 'password': PASSWORD})
            session.must('PUT', f'/api/auth/grant/{CLIENT}', {'scope': 'openid'})
            status, _, headers = session.ask('GET', path + '&g_continue')
        return headers['Location'] if status == 302 else None

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode


if __name__ == '__main__':
    provider = Glewlwyd(sys.argv[1])
    print(json.dumps({'issuer': provider.issuer, 'client': CLIENT, 'secret': SECRET, 'password': PASSWORD}), flush=True)
    sys.stdin.read()
    provider.stop()
