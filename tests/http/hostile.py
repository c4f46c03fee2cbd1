"""What people with bad intentions type, into every form that the table of routes knows.

A module for tests/http/test_hostile, and for the browser:

    hostile.py ADDRESS    sows what a browser might obey into a partnership of `pendeen demo`

Forms are found as people find them, by following links in every role; a route of
src/web/route.def that is reached by no page is tried with the names of fields that its
handler's file asks for.  So a new form is attacked without a line here.  What only a second
person finds, or only in a state of a record, is opened by a story (stories.py).
"""
import csv
import functools
import hashlib
import html
import http.client
import io
import json
import os
import random
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stories  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
PASSWORD = 'three words for trying'
ROLES = ('practitioner', 'representative', 'safeguarding', 'analyst', 'one-forum', 'coordinator', 'maru',
         'maru-second', 'auditor', 'administrator')
PAGES_OF_A_ROUTE = 3  # looked at for each role

PAYLOADS = {
    'markup': b'"\'><hostile-tag onhostile=1><script>hostile()</script><img src=x onerror=hostile()>&lt;b',
    'attribute': b'\' onhostile=\'1\' x="` onhostile=1 `',
    'address': b'javascript:hostile()//<a href="javascript:hostile()">x</a>',
    'view': b'{{title}} ${7*7} <%= 7*7 %> {#each}',
    'formula =': b'=HYPERLINK("http://127.0.0.1/hostile","x")',
    'formula +': b'+1+cmd|\' /C calc\'!A0',
    'formula -': b'-2+3+cmd|\' /C calc\'!A0',
    'formula @': b'@SUM(1+1)*cmd|\' /C calc\'!A0',
    'formula tab': b'\t=1+1',
    'formula CR': b'\r=1+1',
    'SQL': b"x'); DROP TABLE submission; -- \" OR 1=1 -- %_",
    'bidi': 'hostile\u202egnitirw\u202c \u2066in\u2069 \u200f\u061c'.encode(),
    'control': b'hostile\x1b[31m\x07\x08\x7f\x1b]0;hostile\x07',
    'NUL': b'hostile\x00after',
    'bytes': b'hostile\xff\xfe\xc0\xaf\xed\xa0\x80caf\xe9',
    'header': b'hostile\r\nSet-Cookie: hostile=1\r\n\r\n<hostile-tag>',
    '64 KB': b'hostile ' * 8192,
}
# What is read byte by byte: the sanitisers need not see six formulas.
BYTES = ('markup', 'view', 'formula =', 'SQL', 'bidi', 'control', 'NUL', 'bytes', 'header', '64 KB')
OBEYED = ('markup', 'attribute', 'address', 'formula =', 'bidi')  # by browsers and spreadsheets
HUGE = b'hostile ' * (10 << 17)  # 10 MB
FORMULA = tuple('=+-@\t\r')
BIDI = re.compile('[\u202a-\u202e\u2066-\u2069]')  # marks of single letters (U+200E, U+200F) may stay
CONTROL = re.compile('[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]')


# --- the table of routes -----------------------------------------------------------------

class Route:
    def __init__(self, name, method, pattern, handler, capability, maximum):
        self.name, self.method, self.pattern, self.handler = name, method, pattern, handler
        self.open, self.maximum = capability == 'OPEN', maximum
        self.match = re.compile(re.sub(r'\\{[^}]*\\}', '[^/]+', re.escape(pattern)) + '$').match
        self.forms = {}     # of pages: by role and fields
        self.statuses = set()

    def reached(self):
        """Did its handler run, and not only what stands before it?"""
        return bool(self.statuses - ({0, 405, 413, 429} if self.open else {0, 401, 403, 404, 405, 413, 429}))


def routes():
    text = open(f'{ROOT}/src/web/route.def').read()
    found = re.findall(r'ROUTE\((\w+),\s*(GET|POST),\s*"([^"]+)",\s*(\w+),(.*?)\)\)?\s*(?=ROUTE|/\*|#|$)', text, re.S)
    made = []
    for name, method, pattern, handler, rest in found:
        size = re.search(r'(\d+) << (\d+)', rest)
        made.append(Route(name, method, pattern, handler, rest.split(',')[0].strip(), int(size[1]) << int(size[2]) if size else 0))
    if len(made) != len(re.findall(r'^ROUTE\(', text, re.M)):
        raise SystemExit('Bail out! src/web/route.def is not as this test reads it')
    return made


def fields_of_source(route):
    """The names that the file of a handler asks a form for."""
    folder = f'{ROOT}/src/web'
    for name in sorted(os.listdir(folder)):
        text = open(f'{folder}/{name}').read()
        if re.search(rf'^void {route.handler}\(', text, re.M):
            return [field for field in dict.fromkeys(re.findall(r'form_\w+\(\w+, "([\w-]+)"', text)) if field != 'csrf']
    return []


# --- pages ------------------------------------------------------------------------------

TAG = re.compile(r'<(/?)([a-z][\w-]*)((?:\s+[a-zA-Z][\w:.-]*(?:="[^"<>]*")?)*)\s*/?>')
ATTRIBUTE = re.compile(r'\s([a-zA-Z][\w:.-]*)(?:="([^"<>]*)")?')
ADDRESS = re.compile(r'(?:javascript|data|vbscript):', re.I)
LOOKED_AT = ('a', 'link', 'script', 'form', 'input', 'textarea', 'select', 'button', 'option')


class Page:
    """Links, forms, and whether anything hostile became part of the page.

    Our pages have each "<" and ">" of a value escaped, and each value in quotes; so this
    need not be as forgiving as a browser, and what it cannot read is wrong."""

    def __init__(self, text):
        self.links, self.forms, self.wrong = [], [], []
        self.form = None
        tags = 0
        for tag in TAG.finditer(text):
            tags += 1
            end, name, attributes = tag.groups()
            if end:
                self.form = None if name == 'form' else self.form
            elif name in LOOKED_AT or 'hostile' in attributes or ' on' in attributes or ':' in attributes or \
                    'hostile' in name:
                self.tag(name, [(key, html.unescape(value)) for key, value in ATTRIBUTE.findall(attributes)])
        if text.count('<') != tags + text.startswith('<!DOCTYPE html>'):
            at = next(found.start() for found in re.finditer('<(?!!DOCTYPE html>)', text)
                      if not TAG.match(text, found.start()))
            self.wrong.append(f'no tag: {text[at:at + 80]!r}')

    def tag(self, tag, attributes):
        found = dict(attributes)
        if 'hostile' in tag:
            self.wrong.append(f'the element {tag}')
        if tag == 'script' and not found.get('src', '').startswith('/assets/'):
            self.wrong.append('a script of its own')
        for name, value in attributes:
            if 'hostile' in name or name.startswith('on'):
                self.wrong.append(f'the attribute {name}')
            if name in ('href', 'src', 'action', 'formaction') and ADDRESS.match(value.strip()) and tag != 'img':
                self.wrong.append(f'{name}={value[:40]}')
        if tag in ('a', 'link', 'script') and (found.get('href') or found.get('src')):
            self.links.append(found.get('href') or found['src'])
        if tag == 'form':
            self.form = {'action': found.get('action', ''), 'method': found.get('method', 'get').upper(),
                         'file': 'multipart' in found.get('enctype', ''), 'fields': []}
            self.forms.append(self.form)
        if self.form is None:
            return
        name = found.get('name')
        kind = found.get('type', 'text') if tag == 'input' else tag
        if tag in ('input', 'textarea', 'select', 'button') and name:
            self.form['fields'].append({'name': name, 'kind': kind, 'value': found.get('value', ''), 'options': [],
                                        'checked': 'checked' in found})
        if tag == 'option' and self.form['fields']:
            self.form['fields'][-1]['options'].append(found.get('value', ''))


class Visitor:
    """One person.  Every request comes from another address of the loopback, for the limits."""

    def __init__(self, port, role, report, table):
        self.port, self.role, self.report, self.table = port, role, report, table
        self.cookies, self.token, self.location = {}, '', ''

    def ask(self, method, path, body=None, kind='application/x-www-form-urlencoded'):
        source = f'127.{random.randint(1, 250)}.{random.randint(1, 250)}.{random.randint(2, 250)}'
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=300, source_address=(source, 0))
        headers = {'Cookie': '; '.join(f'{name}={value}' for name, value in self.cookies.items())} if self.cookies else {}
        if body is not None:
            headers['Content-Type'] = kind
        try:
            connection.request(method, path, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all of it was sent
        except ConnectionRefusedError:
            raise SystemExit(f'Bail out! nobody answers any more: {self.role} was at {method} {path[:80]}')
        try:
            answer = connection.getresponse()
            content = answer.read()
        except (http.client.HTTPException, ConnectionResetError) as error:
            self.report(False, f'{self.role}: {method} {path[:60]} is answered', repr(error))
            return 0, '', {}
        finally:
            connection.close()
        for cookie in answer.headers.get_all('Set-Cookie') or []:
            name, value = cookie.split(';')[0].split('=', 1)
            self.cookies[name] = value
            if not value:
                del self.cookies[name]
        return answer.status, content, answer.headers

    def page(self, method, path, body=None, kind='application/x-www-form-urlencoded'):
        """An answer that was looked at: what is wrong with it is reported."""
        status, content, headers = self.ask(method, path, body, kind)
        where = f'{self.role}: {method} {path[:80]}'
        self.location = ''
        if status == 0:
            return 0, Page(''), ''
        self.location = headers.get('Location') or ''
        if status >= 500:
            self.report(False, f'{where} does not fail', f'{status} {content[:300]}')
        for name, value in headers.items():
            if 'hostile' in name.lower() or ('hostile' in value and name.lower() not in ('location', 'refresh')):
                self.report(False, f'{where}: no header is made by a form', f'{name}: {value[:100]}')
        if not re.match('text/|application/(json|javascript)', headers.get('Content-Type', 'text/html')):
            return status, Page(''), ''
        try:
            text = content.decode('utf-8')
        except UnicodeDecodeError as error:
            self.report(False, f'{where}: is UTF-8', error)
            text = content.decode('utf-8', 'replace')
        digest = hashlib.sha256(content).digest()
        page = parsed.get(digest)
        if not page and (BIDI.search(text) or CONTROL.search(text)):
            at = (BIDI.search(text) or CONTROL.search(text)).start()
            self.report(False, f'{where}: no letter turns the direction round, none is a control',
                        repr(text[max(0, at - 60):at + 20]))
        if headers.get('Content-Type', '').startswith('text/csv'):
            tables.append(path)
            for cell in (cell for row in csv.reader(io.StringIO(text, newline='')) for cell in row):
                if cell[:1] in FORMULA:
                    self.report(False, f'{where}: no cell is a formula', repr(cell[:60]))
        if headers.get('Content-Type', '').startswith('application/json') and status == 200:
            json.loads(text)
        if not headers.get('Content-Type', '').startswith('text/html'):
            return status, Page(''), text
        if not headers.get('Content-Security-Policy', '').startswith("default-src 'none'"):
            self.report(False, f'{where}: has its content security policy')
        if not page:
            page = parsed[digest] = Page(text)
            for token in re.findall(r'/welcome/([\w-]{20,})', text):
                GUESSES['token'] = token
            references.update(re.findall('PEN-[0-9A-Z]{4}-[0-9A-Z]{4}', text))
        if page.wrong:
            self.report(False, f'{where}: holds only what we wrote', page.wrong[:3])
        self.note(page, path)
        return status, page, text

    def sent(self, path, body, kind='application/x-www-form-urlencoded'):
        """A POST, and the page that it leads to."""
        status, page, text = self.page('POST', path, body, kind)
        location = self.location
        if location:
            self.follow(location)
            self.location = location
        return status, page, text

    def note(self, page, path):
        """The forms of a page, by the route that takes them."""
        for form in page.forms:
            action = form['action'] or path_of(path)
            target = route_of(self.table, form['method'], path_of(action))
            if target:
                names = tuple(sorted({alike(field['name']) for field in form['fields']}))
                known = target.forms.get((self.role, names))
                if not known or number_of(action) > number_of(known['action']):
                    target.forms[self.role, names] = dict(form, action=action)

    def follow(self, location):
        route = route_of(self.table, 'GET', path_of(location))
        if route and path_of(location) != '/sign-in':
            route.statuses.add(self.page('GET', location)[0])

    def sign_in(self):
        self.cookies = {}
        if self.role == 'nobody':
            return
        self.ask('POST', '/sign-in', urllib.parse.urlencode({'email': f'{self.role}@example.org',
                                                             'password': PASSWORD}))
        if not any(self.cookies):
            raise SystemExit(f'Bail out! {self.role} cannot sign in')

    def ready(self):
        """Signed in, with a token that holds."""
        if self.role == 'nobody':
            return
        for _ in range(2):
            found = re.search(r'name="csrf" value="([^"]*)"', self.ask('GET', '/account')[1].decode('utf-8', 'replace'))
            if found and self.cookies:
                self.token = found[1]
                return
            self.sign_in()


# --- going round ------------------------------------------------------------------------

tables = []  # that were downloaded
parsed = {}  # pages, by the digest of their bytes: half of them come more than once
taken_by = {}  # route, by method and path
references = set()  # of submissions, as pages show them


def alike(name):
    """Rows of one kind of field are one."""
    return re.sub(r'\d+', 'N', name)


def path_of(link):
    parts = urllib.parse.urlsplit(link)
    return parts.path if not parts.scheme and not parts.netloc else ''


def number_of(path):
    """The newest record is the one to attack: nobody needs it."""
    return int(([0] + re.findall(r'\d+', path))[-1])


def route_of(table, method, path):
    if (method, path) not in taken_by:  # there is one table
        taken_by[method, path] = next((route for route in table if route.method == method and route.match(path)), None)
    return taken_by[method, path]


def crawl(table, visitor):
    """Follows the links, newest records first; notes forms and what each route answered."""
    waiting, seen, count = ['/'], set(), {}
    while waiting:
        link = waiting.pop(0)
        path = path_of(link)
        route = route_of(table, 'GET', path)
        if not route or count.get(route.name, 0) >= PAGES_OF_A_ROUTE:
            continue
        count[route.name] = count.get(route.name, 0) + 1
        status, page, _ = visitor.page('GET', link)
        route.statuses.add(status)
        new = [found for found in dict.fromkeys(page.links) if found not in seen and path_of(found)]
        seen.update(new)
        numbered = sorted([link for link in new if re.search(r'\d', link)],
                          key=lambda link: -int(re.search(r'\d+', link)[0]))
        waiting += [link for link in new if not re.search(r'\d', link)] + numbered


TEXTS = ('text', 'search', 'email', 'tel', 'password', 'textarea', 'number', 'date', 'url', 'by name', 'hidden')


def plain_value(field, visitor):
    name = field['name']
    if field['value']:
        return field['value'].encode()
    if field['options']:
        return next((value for value in field['options'] if value), '').encode()
    if name == 'reference':
        return random.choice(sorted(references) or ['PEN-0000-0000']).encode()
    if 'email' in name:
        others = [role for role in ('practitioner', 'safeguarding', 'coordinator') if role != visitor.role]
        return random.choice([b'somebody%d@example.org' % random.randint(1, 1 << 30)] +
                             [f'{role}@example.org'.encode() for role in others])
    if 'password' in name:
        return PASSWORD.encode()
    if re.search('date|day|until|from|to$|begin|end', name):
        return b'2026-12-20'
    return b'plain words'


quoted = functools.lru_cache(1000)(urllib.parse.quote_plus)


def encoded(fields):
    return '&'.join(f'{quoted(name)}={quoted(value)}' for name, value in fields)


def filled(form, visitor):
    """The form as this person would send it: one of several buttons, one of the choices."""
    fields, choices = [], {}
    for field in form['fields']:
        if field['kind'] in ('radio', 'checkbox', 'button', 'submit'):
            choices.setdefault(field['name'], []).append(plain_value(field, visitor))
        elif field['kind'] != 'file':
            fields.append((field['name'], plain_value(field, visitor)))
    for name, values in choices.items():
        fields.append((name, b'send' if b'send' in values else random.choice(values)))
    return fields


def multipart(fields, name, content):
    mark = b'hostile-boundary-7d3a'
    parts = [b'--' + mark + b'\r\nContent-Disposition: form-data; name="' + key.encode() + b'"\r\n\r\n' + value +
             b'\r\n' for key, value in fields]
    parts.append(b'--' + mark + b'\r\nContent-Disposition: form-data; name="file"; filename="' + name +
                 b'"\r\nContent-Type: text/csv\r\n\r\n' + content + b'\r\n--' + mark + b'--\r\n')
    return b''.join(parts), 'multipart/form-data; boundary=' + mark.decode()


def table_of_payload(payload):
    """A spreadsheet: the payload as heading, in every cell, and in rows that are refused."""
    cell = b'"' + payload[:2000].replace(b'"', b'""') + b'"'
    return (b'What happened,When,Name,Reg,' + cell + b'\r\n' + b','.join([cell] * 5) + b'\r\n' +
            b'"A van was seen",31/2/2026,' + cell + b',' + cell + b',' + cell + b'\r\n' +
            b'"A car was seen",1/2/2026,' + cell + b',WK07 HJB,' + cell + b'\r\n')


def directory_of_payload(payload):
    """A directory of support, with the payload as every text of a service."""
    words = payload[:2000].decode('utf-8', 'replace')
    service = {'id': '6f1c2a8e-0000-4000-8000-%012x' % random.getrandbits(40), 'name': words, 'description': words,
               'status': 'active', 'url': 'https://example.org/' + words, 'email': words, 'fees_description': words,
               'phones': [{'number': '01632 960123', 'description': words}, {'number': words}],
               'schedules': [{'description': words, 'byday': words}],
               'organization': {'id': words, 'name': words, 'description': words}}
    fine = dict(service, id='6f1c2a8e-0000-4000-8000-%012x' % random.getrandbits(40), url='https://example.org/',
                email='help@example.org', phones=service['phones'][:1], schedules=[])
    fine['organization'] = {'id': '6f1c2a8e-0000-4000-8000-%012x' % random.getrandbits(40), 'name': words}
    return json.dumps({'contents': [service, fine]}).encode()


def send(visitor, route, form, fields):
    """Sends a form; a token that is out of date is renewed."""
    if any(name == 'csrf' for name, _ in fields):
        fields = [(name, visitor.token.encode() if name == 'csrf' else value) for name, value in fields]
    if form['file']:
        payload = max((value for _, value in fields if b'hostile' in value), default=b'words')
        content = directory_of_payload(payload) if 'support' in route.name else table_of_payload(payload)
        body, kind = multipart([field for field in fields if field[0] == 'csrf'], payload[:200].replace(b'"', b'%22')
                               .replace(b'\r', b'%0D').replace(b'\n', b'%0A').replace(b'\0', b'%00'), content)
        status, page, _ = visitor.sent(form['action'], body, kind)
    elif form['method'] == 'GET':
        status, page, _ = visitor.page('GET', form['action'] + '?' + encoded(fields)[:7000])
    else:
        status, page, _ = visitor.sent(form['action'], encoded(fields))
    if any(form['action'] == '/confirm' for form in page.forms):
        visitor.sign_in()  # whoever signs in has just shown who it is
        visitor.ready()
        return status
    route.statuses.add(status)
    if status in (401, 403) or route.name in LAST:
        visitor.ready()
    return status


def attack(visitor, route, form, names, again=lambda status, form: form):
    """Each payload in each of these fields by itself, then in all of them; last, ten megabytes.

    `again` answers the form to send next: where sending it uses it up, a new one."""
    def fire(fields):
        nonlocal form, visitor
        status = send(visitor, route, form, fields)
        form = again(status, form)
        visitor = form.get('visitor', visitor)
        return status

    def choose():
        return {alike(field['name']): field for field in form['fields']  # of rows alike the last
                if field['kind'] in TEXTS + ('select', 'radio', 'checkbox', 'button') and field['name'] != 'csrf'}

    for _ in range(3):
        fire(filled(form, visitor))
    for payload in PAYLOADS.values():
        for name in choose():
            target = choose().get(name)
            if target and (route.name, name) in names:
                fire([(key, payload if key == target['name'] else value) for key, value in filled(form, visitor)])
        texts = {field['name'] for field in choose().values() if field['kind'] in TEXTS}
        if len(texts) > 1 or form['file']:
            fire([(key, payload if key in texts else value) for key, value in filled(form, visitor)] +
                 ([('x', payload)] if form['file'] else []))
    if HUGE and choose() and form['method'] == 'POST' and not form['file']:
        name = [*choose().values()][0]['name']
        status = fire([(key, HUGE if key == name else value) for key, value in filled(form, visitor)])
        wanted = (400, 413) if len(HUGE) > route.maximum else (200, 303, 400, 413)
        if status not in wanted:
            visitor.report(False, f'{route.name}: ten megabytes are refused', status)
    if route_of(visitor.table, 'GET', path_of(form['action'])):
        visitor.ready()
        visitor.page('GET', form['action'])  # where there may be new forms


# What ends sessions or shuts people out comes last.
LAST = ('person_disable', 'person_factors', 'organisation_disable', 'person_change', 'account_password_send',
        'account_session_end', 'account_sessions_end', 'sign_out')
GUESSES = {'kind': 'submission', 'place': 'home', 'page': 'signs', 'provider': 'hostile', 'token': 'hostile'}


def guessed(route):
    """The form of a route that no page showed: the fields that its source asks for."""
    path = re.sub(r'\{(\w+)\}', lambda found: GUESSES.get(found[1], '1'), route.pattern)
    if '{reference}' in route.pattern:
        path = route.pattern.replace('{reference}', random.choice(sorted(references)))
    fields = [{'name': name, 'kind': 'by name', 'value': '', 'options': []} for name in fields_of_source(route)]
    fields.append({'name': 'csrf', 'kind': 'hidden', 'value': '', 'options': []})
    return {'action': path, 'method': route.method, 'file': False, 'fields': fields}


def attack_forms(table, visitors, names, done):
    """Each form that has a field which no form of its route had before."""
    for route in sorted(table, key=lambda route: LAST.index(route.name) if route.name in LAST else -1):
        if route.name not in names:
            continue
        for (role, fields), form in [*route.forms.items()]:
            new = {(route.name, field) for field in fields or ('',)} - done
            if new:
                visitors[role].ready()
                attack(visitors[role], route, form, new)
                if route.reached():
                    done |= new
                else:
                    del route.forms[role, fields]  # its record is gone, or was closed to the sender


def attack_hidden(table, visitors):
    """Routes that no link and no form led to, by whoever gets at them."""
    for route in table:
        for visitor in [*visitors.values()][::-1]:
            if not route.reached() and not route.forms and not route.handler.startswith('api_'):
                visitor.ready()
                form = guessed(route)
                if send(visitor, route, form, filled(form, visitor)) and route.reached() and route.method == 'POST':
                    attack(visitor, route, form, {(route.name, alike(field['name'])) for field in form['fields']})


def attack_in_states(table, visitors, done):
    """What a story opens, in a state that is made anew whenever an answer has used it up."""
    people = stories.People(table, visitors)
    for name, role, begin in stories.STORIES:
        route = next((route for route in table if route.name == name), None)
        if not route:
            raise SystemExit(f'Bail out! {name} is no route any more')
        if route.method == 'GET':
            begin(people)
            continue
        form = begin(people)
        visitor = form.get('visitor', visitors[role])
        fields = {(name, alike(field['name'])) for field in form['fields'] if field['name'] != 'csrf'}
        if fields:
            attack(visitor, route, form, fields,
                   lambda status, form: begin(people) if status in (303, 404, 409) else form)
        else:
            send(visitor, route, form, filled(form, visitor))
        done |= fields | {(name, 'csrf')}


def sow(port, report, rounds=2):
    """Attacks every form, in rounds, since what is sent makes pages with new ones."""
    random.seed(20261128)
    table = routes()
    visitors = {role: Visitor(port, role, report, table) for role in ('nobody',) + ROLES}
    for visitor in visitors.values():
        visitor.ready()
    done = set()
    attack_in_states(table, visitors, done)
    early = {route.name for route in table} - set(LAST)
    for names in [early] * rounds + [set(LAST), early]:
        for visitor in visitors.values():
            visitor.ready()
            crawl(table, visitor)
        attack_forms(table, visitors, names, done)
    attack_hidden(table, visitors)
    attack_forms(table, visitors, early, done)
    return table, visitors


if __name__ == '__main__':
    complaints = []
    PAYLOADS = {what: PAYLOADS[what] for what in OBEYED}
    HUGE = b''
    sow(urllib.parse.urlsplit(sys.argv[1]).port,
        lambda good, what, why='': good or complaints.append(f'{what}: {why}'), rounds=1)
    print('\n'.join(complaints[:20]))
    sys.exit(1 if complaints else 0)
