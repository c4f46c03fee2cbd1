"""An OpenID Connect provider for tests that can lie in every way.

Each realm is an issuer of its own, http://localhost:PORT/NAME, honest until `twist` says
otherwise: a dictionary of what to do differently, read at each request.
"""
import base64
import hashlib
import hmac
import http.server
import json
import ssl
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, 'big'))


class Key:
    def __init__(self, alg, kid, bits=2048):
        self.alg, self.kid = alg, kid
        if alg[:2] in ('RS', 'PS'):
            self.private = rsa.generate_private_key(65537, bits)
        elif alg == 'EdDSA':
            self.private = ed25519.Ed25519PrivateKey.generate()
        else:
            curves = {'ES256': ec.SECP256R1, 'ES384': ec.SECP384R1, 'ES512': ec.SECP521R1}
            self.private = ec.generate_private_key(curves[alg]())

    def jwk(self):
        public = self.private.public_key()
        jwk = {'kid': self.kid, 'use': 'sig'}
        if self.alg[:2] in ('RS', 'PS'):
            numbers = public.public_numbers()
            jwk.update(kty='RSA', n=number(numbers.n), e=number(numbers.e))
        elif self.alg == 'EdDSA':
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            jwk.update(kty='OKP', crv='Ed25519', x=b64(raw))
        else:
            size = (public.curve.key_size + 7) // 8
            numbers = public.public_numbers()
            jwk.update(kty='EC', crv=f'P-{public.curve.key_size}', x=number(numbers.x, size),
                       y=number(numbers.y, size))
        return jwk

    def pem(self):
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, data, alg):
        digest = {'256': hashes.SHA256, '384': hashes.SHA384, '512': hashes.SHA512}.get(alg[2:], hashes.SHA256)()
        if alg.startswith('RS'):
            return self.private.sign(data, padding.PKCS1v15(), digest)
        if alg.startswith('PS'):
            return self.private.sign(data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
        if alg == 'EdDSA':
            return self.private.sign(data)
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(digest)))
        size = (self.private.curve.key_size + 7) // 8
        return r.to_bytes(size, 'big') + s.to_bytes(size, 'big')


def token(header, claims, sign):
    """`sign` makes the signature's bytes; header and claims may be text, to be ill-formed."""
    head, body = (b64((part if isinstance(part, str) else json.dumps(part)).encode())
                  for part in (header, claims))
    return f'{head}.{body}.{b64(sign(f"{head}.{body}".encode()))}'


def hs256(secret):
    return lambda data: hmac.new(secret, data, hashlib.sha256).digest()


class Realm:
    def __init__(self, provider, name):
        self.provider, self.name = provider, name
        self.issuer = f'{provider.base}/{name}'
        self.keys = [provider.key]
        self.twist = {}
        self.person = {}
        self.codes = {}
        self.fetched = {'keys': 0, 'document': 0}
        self.tokens = []

    def document(self):
        return {'issuer': self.issuer, 'authorization_endpoint': f'{self.issuer}/authorize',
                'token_endpoint': f'{self.issuer}/token', 'jwks_uri': f'{self.issuer}/keys',
                'userinfo_endpoint': f'{self.issuer}/userinfo',
                'end_session_endpoint': f'{self.issuer}/end', 'response_types_supported': ['code'],
                'code_challenge_methods_supported': ['S256'],
                'authorization_response_iss_parameter_supported': True, **self.twist.get('document', {})}

    def key_set(self):
        return {'keys': self.twist['keys'] if 'keys' in self.twist else [key.jwk() for key in self.keys]}

    def authorize(self, url):
        """What the person does at the provider: gives the code and the state to go back with."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        assert asked['response_type'] == 'code' and asked['code_challenge_method'] == 'S256', asked
        code = f'code-{self.name}-{len(self.codes)}-{time.monotonic_ns()}'
        self.codes[code] = {**asked, 'person': {'sub': 'somebody', **self.person}}
        return code, asked['state']

    def exchange(self, form):
        asked = self.codes.pop(form.get('code', ''), None)
        challenge = b64(hashlib.sha256(form.get('code_verifier', '').encode()).digest())
        if not asked or asked['redirect_uri'] != form.get('redirect_uri') or asked['code_challenge'] != challenge:
            return 400, {'error': 'invalid_grant'}
        now = time.time()
        access = f'access-{time.monotonic_ns()}'
        claims = {'iss': self.issuer, 'aud': asked['client_id'], 'iat': int(now), 'exp': int(now) + 300,
                  'nonce': asked['nonce'], **asked['person']}
        claims.update(self.twist.get('claims', {}))
        claims = {name: value for name, value in claims.items() if value is not None}
        if 'claims_of' in self.twist:
            claims = self.twist['claims_of'](claims, access)
        key = self.twist.get('key', self.keys[0])
        header = {'typ': 'JWT', 'alg': key.alg, 'kid': key.kid, **self.twist.get('header', {})}
        header = {name: value for name, value in header.items() if value is not None}
        make = self.twist.get('token', lambda h, c: token(h, c, lambda data: key.sign(data, h['alg'])))
        made = make(header, claims)
        self.tokens += [made, access]
        return 200, {'access_token': access, 'token_type': 'Bearer', 'expires_in': 300, 'id_token': made,
                     **self.twist.get('answer', {})}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.serve({})

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length'])).decode()
        self.serve(dict(urllib.parse.parse_qsl(body)))

    def serve(self, form):
        _, name, what = self.path.split('?')[0].split('/', 2)
        realm = self.server.provider.realms.get(name)
        what = {'.well-known/openid-configuration': 'document'}.get(what, what)
        if not realm or what not in ('document', 'keys', 'token', 'userinfo', 'authorize', 'end'):
            return self.send(404, {})
        if what in realm.fetched:
            realm.fetched[what] += 1
        if f'{what} does' in realm.twist:
            return realm.twist[f'{what} does'](self)
        if what == 'document':
            return self.send(200, realm.document())
        if what == 'keys':
            return self.send(200, realm.key_set())
        if what == 'token':
            realm.authorization = self.headers.get('Authorization', '')
            return self.send(*realm.exchange(form))
        if what == 'userinfo':
            return self.send(200, realm.twist.get('userinfo', {}))
        return self.send(200, {})

    def send(self, status, value, kind='application/json', **headers):
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(data)))
        for name, text in headers.items():
            self.send_header(name, text)
        self.end_headers()
        try:
            self.wfile.write(data)
        except OSError:
            pass

    def endless(self, piece=b' ' * 65536, pause=0.0, until=None):
        """A body that never ends, until the other side has had enough."""
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.end_headers()
        self.close_connection = True
        try:
            while not (until and until.is_set()):
                self.wfile.write(piece)
                time.sleep(pause)
        except OSError:
            pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # the other side had enough and hung up, as it should


class Provider:
    def __init__(self, certificate=None):
        self.server = Server(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.server.provider = self
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.base = f'{"https" if certificate else "http"}://localhost:{self.server.server_port}'
        self.key = Key('RS256', 'first')
        self.realms = {}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def realm(self, name):
        self.realms[name] = Realm(self, name)
        return self.realms[name]
