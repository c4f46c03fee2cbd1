"""What is typed with bad intentions, through every text of every body that the API takes.

    through(server, ask, documents, check)

Bodies are made from the OpenAPI file, so a new field is attacked without a line here.
"""
import json
import re

import hostile


def resolved(documents, schema):
    """A schema, with the one it refers to in its place; of several, the first."""
    while '$ref' in schema or 'oneOf' in schema:
        schema = schema['oneOf'][0] if 'oneOf' in schema else \
            documents['components']['schemas'][schema['$ref'].split('/')[-1]]
    return schema


def texts_of(documents, schema, path=()):
    """Where a body has a text, as keys: ('mentions', 0, 'fields', 'name')."""
    schema = resolved(documents, schema)
    if schema.get('type') == 'string' and 'const' not in schema:
        yield path
    for name, part in schema.get('properties', {}).items():
        yield from texts_of(documents, part, path + (name,))
    if 'items' in schema:
        yield from texts_of(documents, schema['items'], path + (0,))


def plain(documents, schema, name=''):
    """A body as somebody well-meaning sends it."""
    schema = resolved(documents, schema)
    kind = schema.get('type')
    for known in ('enum', 'examples'):
        if known in schema:
            return schema[known][0]
    if 'const' in schema:
        return schema['const']
    if kind == 'object':
        return {part: plain(documents, inside, part) for part, inside in schema.get('properties', {}).items()}
    if kind == 'array':
        return [plain(documents, schema['items'])]
    if kind in ('integer', 'number'):
        return 1
    if kind == 'boolean':
        return True
    return {'when': 'last Friday', 'where': 'St Ives', 'handling': 'handling:P',
            'forum': 'mid'}.get(name, 'A van waited by the quay')


def answers(*pairs):
    return [{'key': key, 'kind': 'given', 'value': value} for key, value in pairs]


# What the schema alone cannot say: which questions a part has.
BODIES = {
    '/api/v1/missing': {'child': 0, 'forum': 'mid', 'answers': answers(
        ('missing-circumstances', 'A van waited by the quay'), ('missing-sort', 'missing'),
        ('missing-since-day', '1/3/2026'), ('missing-since-time', '22:30'))},
    '/api/v1/missing/{id}/parts/{part}': {'answers': answers(('action-what', 'Friends were called'))},
}


def put(body, path, value):
    """The body with something else at a place in it."""
    body = json.loads(json.dumps(body))
    part = body
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return body


def bodies_of(documents, schema, body):
    """Each payload in each text of a body, as bytes; and what it was, and where."""
    for path in texts_of(documents, schema):
        for what, payload in hostile.PAYLOADS.items():
            text = payload.decode('utf-8', 'surrogateescape')
            written = json.dumps(put(body, path, text), ensure_ascii=False).encode('utf-8', 'surrogateescape')
            yield f'{what} in {".".join(map(str, path))}', written
            if what in ('NUL', 'bidi', 'control'):
                yield f'{what} as \\u in {path}', json.dumps(put(body, path, text)).encode('ascii')


def looked_at(answer, where, complain):
    """What is wrong with an answer of the API."""
    if answer.status >= 500:
        complain(f'{where} does not fail', f'{answer.status} {answer.text[:200]}')
    try:
        json.loads(answer.text)
    except ValueError as error:
        complain(f'{where} is JSON', error)
    if re.search('[\x00-\x09\x0b-\x1f\x7f]', answer.text) or hostile.BIDI.search(answer.text):
        complain(f'{where} holds no control and no mark of direction as it is', repr(answer.text[:200]))
    for name, value in answer.getheaders():
        if 'hostile' in name.lower() + value:
            complain(f'{where}: no header is made by a body', f'{name}: {value[:100]}')


def through(ask, documents, complain):
    """Sends them all by `ask(method, path, body, headers)`, then reads all there is; answers how many
    were sent, and how many of each path were taken."""
    sent, taken = 0, {}
    for number in 1, 2:  # which name one telephone
        made = json.loads(ask('POST', '/api/v1/submissions', json.dumps({
            'narrative': 'A van waited by the quay', 'mentions': [{'kind': 'phone', 'fields': {'number': '07700 900777'}}],
        }).encode(), {'Content-Type': 'application/json', 'Idempotency-Key': f'plain-{number}'}).text)
    mention = json.loads(ask('GET', f'/api/v1/submissions/{made["id"]}', None, {}).text)['mentions'][0]
    pair = mention['suggestions'][0]

    first = {}  # of each list, what it lists first

    def listed(path):
        place = path.split('/{')[0]
        if place not in first:
            page = ask('GET', place + ('?list=forum' if place.endswith('/actions') else ''), None, {})
            items = json.loads(page.text).get('items', []) if page.status == 200 else []
            first[place] = (items or [{}])[0]
        return first[place].get('id') or first[place].get('submission') or made['id']

    def filled(path):
        values = {'id': made['id'] if '/submissions/' in path else listed(path), 'mention': pair['mention'],
                  'other': pair['other'], 'part': 'action'}
        return re.sub(r'\{(\w+)\}', lambda name: str(values.get(name[1], 'decided')), path)

    for path, methods in documents['paths'].items():
        content = methods.get('post', {}).get('requestBody', {}).get('content', {}).get('application/json')
        if not content:
            continue
        address = filled(path)
        # What has the ETag.
        read = address if 'get' in methods else address.split('/parts/')[0] if '/parts/' in address else address.rsplit('/', 1)[0]
        good = json.loads(json.dumps(BODIES.get(path) or plain(documents, content['schema'])))
        if 'child' in good:
            good['child'] = listed('/api/v1/children')
        for what, body in bodies_of(documents, content['schema'], good):
            sent += 1
            version = ask('GET', read, None, {}).getheader('ETag') if '{' in path else None
            answer = ask('POST', address, body, {'Content-Type': 'application/json', 'Idempotency-Key': f'hostile-{sent}',
                                                 'If-Match': version or '"1"'})
            taken[path] = taken.get(path, 0) + (answer.status in (200, 201))
            looked_at(answer, f'POST {path}: {what}', complain)
    for path, methods in documents['paths'].items():
        if 'get' in methods:
            looked_at(ask('GET', filled(path), None, {}), f'GET {path}', complain)
    return sent, taken
