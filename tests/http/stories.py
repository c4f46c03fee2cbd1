"""What people do before a form is there that only a second person sees, or only in a state.

Each story of STORIES begins one: the route of the form, who finds it, and what leads there.
It may be told any number of times, and answers the form as it stands on the page.
"""
import datetime
import re
import urllib.parse


# Words of a pack that no form shows: tests/http/test_area tells the stories with another one.
ASK = 'handling:C.ask'
FACT = 'child-school'
CONCERN = 'concern-what'  # the step of a referral that asks what worries them


class Lost(Exception):
    """A story could not be told."""


class People:
    """Everybody of the partnership, who fill forms in as they are asked to."""

    def __init__(self, table, visitors):
        self.table, self.visitors = table, visitors
        self.number, self.turn = 100, 0

    def next_asker(self):
        self.turn += 1
        return ('analyst', 'coordinator', 'maru', 'maru-second')[self.turn % 4]

    def form(self, role, page, route, which=-1):
        """The form on a page that a route takes."""
        _, found, text = self.visitors[role].page('GET', page)
        form = self.form_of(found, route, page, which)
        if not form:
            said = ' '.join(re.sub('<[^>]*>', ' ', text[text.find('<main'):]).split())
            raise Lost(f'{role} finds no form of {route} on {page}: {said[:300]}')
        return form

    def form_of(self, found, route, page, which=-1):
        match = next(one.match for one in self.table if one.name == route)
        forms = [form for form in found.forms if match(path_of(form['action'] or page))]
        return dict(forms[which], action=forms[which]['action'] or page) if forms else None

    def send(self, role, form, **values):
        """Sends it with these values, and the rest as it stands; answers where that leads."""
        visitor = self.visitors[role]
        values = {name.replace('_', '-'): value for name, value in values.items()}
        fields = [(field['name'], field['value'] or next(iter(field['options']), '')) for field in form['fields']
                  if (field['checked'] or field['kind'] not in ('radio', 'checkbox', 'button'))
                  and field['name'] not in values]
        body = urllib.parse.urlencode(fields + [*values.items()])
        status, found, text = visitor.sent(form['action'], body)
        if any(one['action'] == '/confirm' for one in found.forms):
            visitor.sign_in()
            visitor.ready()
            fields = [(name, visitor.token if name == 'csrf' else value) for name, value in fields]
            status, found, text = visitor.sent(form['action'], urllib.parse.urlencode(fields + [*values.items()]))
        if status not in (200, 303):
            raise Lost(f'{role} {form["action"]}: {status} {text[text.find("<main"):][:500]}')
        visitor.seen = found
        return visitor.location

    def fill(self, role, page, route, which=-1, **values):
        return self.send(role, self.form(role, page, route, which), **values)

    # --- what happens often

    def share(self, role, narrative, handling='handling:P'):
        """Shares it; answers its reference."""
        form = self.form(role, '/share', 'share_send')
        for _ in range(2):  # once more after looking at what was found in it
            where = self.send(role, form, narrative=narrative, how='saw', handling=handling, do='send')
            if where:
                return re.search(r'/shared/([\w-]+)', where)[1]
            form = self.form_of(self.visitors[role].seen, 'share_send', '/share')
        raise Lost(f'{role} cannot share "{narrative}"')

    def record(self, role, reference):
        """The page of a submission that this person sees."""
        text = self.visitors[role].page('GET', '/submissions?list=latest')[2]
        found = re.search(rf'href="(/submissions/\d+)"[^>]*>(?:<[^>]*>)*{reference}', text)
        if not found:
            raise Lost(f'{role} does not find {reference}')
        return found[1]

    def child(self):
        """A new record of a child, which nobody needs."""
        where = self.fill('maru', '/children/new', 'child_create', another='yes', **{
            'child-name': 'Kensa Trelease', 'child-birth': '1/2/2012'})
        return '/' + '/'.join(where.split('?')[0].split('/')[1:3])


def first(form, name):
    """Of a choice, what stands first."""
    field = next(field for field in form['fields'] if field['name'] == name)
    return field['value'] or field['options'][0]


def in_a_month():
    day = datetime.date.today() + datetime.timedelta(30)
    return f'{day.day}/{day.month}/{day.year}'


def path_of(link):
    return urllib.parse.urlsplit(link).path


# --- submissions --------------------------------------------------------------------------

def shared(people):
    people.share('practitioner', 'A van stood in the lane for an hour.')


def reviewed(people):
    """A form that was checked, with what was found in it as fields."""
    form = people.form('practitioner', '/share', 'share_send')
    visitor = people.visitors['practitioner']
    fields = [(field['name'], field['value']) for field in form['fields'] if field['kind'] == 'hidden']
    _, found, _ = visitor.page('POST', '/share', urllib.parse.urlencode(fields + [
        ('narrative', 'Jory Tregear, known as Kestrel, in a silver Ford, WK07 HJB, rang 07700 900444 from the Quay.'),
        ('do', 'check')]))
    return next(one for one in found.forms if path_of(one['action'] or '/share') == '/share')


def block_end(people):
    page = people.record('safeguarding', people.share('practitioner', 'A girl waited by the quay.')) + '/access'
    people.fill('safeguarding', page, 'block_add', email='coordinator@example.org', reason='A relative')
    return people.form('safeguarding', page, 'block_end')


def grant_end(people):
    page = people.record('safeguarding', people.share('practitioner', 'A boy waited by the quay.')) + '/access'
    people.fill('safeguarding', page, 'grant_add', email='one-forum@example.org', kind='granted', until=in_a_month(),
                reason='To compare')
    return people.form('safeguarding', page, 'grant_end')


def hinted(people):
    """What somebody sees of whom another organisation holds more; answers who, and its page.

    One person may ask about twenty records a day, so they take turns."""
    asker = people.next_asker()
    people.number += 1
    phone = f'07700 900{people.number}'
    people.share('practitioner', f'A man called Tegenbrook rang a girl, {phone}.', ASK)
    return asker, people.record(asker, people.share('one-forum', f'The number {phone} rang a young person.')) + '/connect'


def connect_send(people):
    asker, page = hinted(people)
    return dict(people.form(asker, page, 'connect_send'), visitor=people.visitors[asker])


def asked(people):
    asker, page = hinted(people)
    people.fill(asker, page, 'connect_send', message='Whose number may this be?')
    return asker


def connection_answer(people):
    try:
        return people.form('representative', '/notices', 'connection_answer')  # an answer that was refused
    except Lost:
        asked(people)
        return people.form('representative', '/notices', 'connection_answer')


def connection_seen(people):
    asker = asked(people)
    people.fill('representative', '/notices', 'connection_answer', reason='It fits.', answer='agree')
    return dict(people.form(asker, '/notices', 'connection_seen'), visitor=people.visitors[asker])


def broken_seen(people):
    reference = people.share('practitioner', 'A car waited at the gate.', ASK)
    people.fill('maru', '/break-glass', 'break_glass_send', reference=reference, reason='A child has not come home')
    return people.form('safeguarding', '/notices', 'broken_seen')


# --- on the way to a Forum -----------------------------------------------------------------

def forwarded(people):
    """What waits for the representative: on top, since it holds words of danger."""
    reference = people.share('practitioner', 'A girl is being held in a flat. A man in a red hat waits.')
    return people.record('representative', reference).replace('/submissions/', '/inbox/')


def forward_maru_send(people):
    return people.form('representative', forwarded(people) + '/maru', 'forward_maru_send')


def desk_sent_do(people):
    form = forward_maru_send(people)
    people.send('representative', form, to=first(form, 'to'), words='A man waited.', **{name: 'Because.' for name in
                ('what', 'why', 'necessary', 'proportionate')})
    text = people.visitors['maru'].page('GET', '/desk')[2]
    return people.form('maru', re.findall(r'href="(/desk/sent/\d+)"', text)[0], 'desk_sent_do')


# --- referrals ------------------------------------------------------------------------------

def referral_sent(people):
    form = people.form('practitioner', '/referrals/new', 'referral_begin')
    where = people.send('practitioner', form, place=first(form, 'place'))
    people.fill('practitioner', where + '/steps/' + CONCERN, 'referral_save', concern_reason='Often late home.')
    people.fill('practitioner', where + '/check', 'referral_send')


# --- children -------------------------------------------------------------------------------

def child_fact_choose(people):
    page = f'{people.child()}/facts/{FACT}'
    for value in ('Godrevy Academy', 'Harbour School'):
        people.fill('maru', page, 'child_fact_add', value=value, says='a worker', how='unsure')
    return people.form('maru', page, 'child_fact_choose')


def child_unjoin(people):
    child, other = people.child(), people.child()
    text = people.visitors['maru'].page('GET', other)[2]
    people.fill('maru', child + '/join', 'child_join_send', reason='One child, two spellings',
                other=re.search(r'CH-\w{4}-\w{4}', text)[0])
    return people.form('maru', child, 'child_unjoin')


def child_disposal(people):
    page = people.child() + '/keep'
    form = people.form('maru', page, 'child_propose')
    *_, why = (field['value'] for field in form['fields'] if field['name'] == 'why')  # the first: its time is over
    people.send('maru', form, why=why, words='A second record of one child.')
    return people.form('maru-second', page, 'child_disposal')


def child_bundle_release(people):
    where = people.fill('maru', people.child() + '/bundles', 'child_bundle_add', asked_by='The mother',
                        checked='A passport')
    form = people.form('maru', where, 'child_bundle_save')
    chosen = {field['name']: 'give' for field in form['fields'] if field['kind'] == 'radio'}
    people.send('maru', form, **chosen, left_out='Nothing')
    return people.form('maru-second', where, 'child_bundle_release')


# --- the directory of support ----------------------------------------------------------------

def support_import_end(people):
    visitor = people.visitors['administrator']
    import hostile  # it tells our stories
    form = people.form('administrator', '/take-in-support', 'support_import_send')
    body, kind = hostile.multipart([('csrf', visitor.token.encode())], b'directory.json',
                                   hostile.directory_of_payload(b'Boat club'))
    visitor.sent(form['action'], body, kind)
    if not visitor.location:
        raise Lost('the directory was not taken')
    return people.form('administrator', visitor.location, 'support_import_end')


def webhook_ending(people):
    """One that stays, so that whoever goes round is asked whether to end it."""
    form = people.form('administrator', '/webhooks', 'webhook_add')
    kind = next(field['value'] for field in form['fields'] if field['kind'] == 'checkbox')
    people.send('administrator', form, address='https://hook.example.org/', kind=kind)
    return next(link for link in people.visitors['administrator'].page('GET', '/webhooks')[1].links if link.endswith('/end'))


def webhook_end(people):
    link = webhook_ending(people)
    return people.form('administrator', link, 'webhook_end')


# --- meetings and origins ---------------------------------------------------------------------

def meeting_item(people):
    """An item of a meeting that goes on: the one to come is begun, with everybody there."""
    visitor = people.visitors['coordinator']
    meeting = next(link for link in visitor.page('GET', '/meetings')[1].links if re.fullmatch(r'/meetings/\d+', link))
    if f'{meeting}/do/start' in visitor.page('GET', meeting)[1].links:
        form = people.form('coordinator', meeting + '/attendance', 'meeting_attendance_send')
        here = {field['name']: 'present' for field in form['fields'] if field['name'].startswith('state-')}
        chair = next(field['name'] for field in form['fields'] if field['name'].startswith('chair-'))
        people.send('coordinator', form, **here, **{chair: 'yes'})
        people.fill('coordinator', meeting + '/do/start', 'meeting_do_send')
    return next(link for link in visitor.page('GET', meeting)[1].links if link.startswith('/meeting-items/'))


def action(people, role='coordinator'):
    """An action of this person's own, that nobody needs."""
    people.fill('coordinator', meeting_item(people) + '/do/action', 'meeting_item_do_send', email=f'{role}@example.org',
                text='Ask for the night bus times', second='The times', day=in_a_month())
    links = people.visitors[role].page('GET', '/actions')[1].links
    return max((link for link in links if re.fullmatch(r'/actions/\d+', link)), key=lambda link: int(link.split('/')[2]))


def action_step(step):
    return lambda people: people.form('coordinator', f'{action(people)}/do/{step}', 'action_do_send')


def action_sign(people):
    page = action(people, 'analyst')
    people.fill('analyst', page + '/do/done', 'action_do_send', text='The bus company answered')
    return people.form('coordinator', page + '/do/sign-off', 'action_do_send')


def origin_end(people):
    """What an analyst said of two submissions that name one phone."""
    people.number += 1
    phone = f'07700 900{people.number}'
    for who, words in (('one-forum', 'A girl was rung at night by'), ('representative', 'On a card was the number')):
        people.share(who, f'{words} {phone}.')
    links = people.visitors['analyst'].page('GET', '/entities?kind=phone')[1].links
    entity = max((link for link in links if re.fullmatch(r'/entities/\d+', link)), key=lambda link: int(link.split('/')[2]))
    form = people.form('analyst', entity + '/origins', 'origin_say')
    first, second = next(field['options'] for field in form['fields'] if field['name'] == 'first')[:2]
    people.send('analyst', form, first=first, second=second, word='same', reason='One told the other')
    return people.form('analyst', entity + '/origins', 'origin_end')


# --- what analysts keep ------------------------------------------------------------------------

def entity_page(people, role='analyst'):
    """Somebody whom several submissions name."""
    text = people.visitors[role].page('GET', '/entities')[2]
    rows = re.findall(r'href="(/entities/\d+)".*?numeric">(\d+)<', text, re.S)
    return max(rows, key=lambda row: int(row[1]))[0]


def relation_end(people):
    page = entity_page(people) + '/relations'
    form = people.form('analyst', page, 'relation_add')
    shown = next(field['value'] for field in form['fields'] if field['name'] == 'shown')
    others = next(field for field in form['fields'] if field['name'] == 'other')['options']
    for other in [one for one in others if one]:
        try:
            people.send('analyst', form, term='associate', other=other, shown=shown, words='Seen together.')
        except Lost:
            continue  # another kind, or said before
        break
    return people.form('analyst', page, 'relation_end')


def note_end(people):
    page = entity_page(people) + '/notes'
    people.fill('analyst', page, 'note_add', text='May be the older one.')
    return people.form('analyst', page, 'note_end')


def watch_end(people):
    page = entity_page(people)
    try:
        people.fill('maru', page, 'watch_add')
    except Lost:
        pass  # watched already
    return people.form('maru', '/watching', 'watch_end')


def watching_seen(people):
    """Somebody watched whom another analyst, who sees less, wrote a note on."""
    page = entity_page(people, 'one-forum')
    try:
        people.fill('analyst', page, 'watch_add')
    except Lost:
        pass  # watched already
    people.fill('one-forum', page + '/notes', 'note_add', text='Look at who drives.')
    return people.form('analyst', '/watching', 'watching_seen')


def location(people):
    """A location of concern, which nothing but its part is asked of."""
    where = people.fill('analyst', '/locations/new', 'location_add', location_name='A park', location_kind='park')
    return people.form('analyst', re.match(r'[^?]*', where)[0] + '/parts/harm', 'location_part_save')


def map_data(people):
    """What a map's script asks for: no link leads to it."""
    people.visitors['analyst'].follow('/map/data.json')


STORIES = (
    ('shared', 'practitioner', shared),
    ('share_send', 'practitioner', reviewed),
    ('grant_end', 'safeguarding', grant_end),
    ('block_end', 'safeguarding', block_end),
    ('connect_send', 'maru', connect_send),
    ('connection_answer', 'representative', connection_answer),
    ('connection_seen', 'analyst', connection_seen),
    ('broken_seen', 'safeguarding', broken_seen),
    ('desk_sent_do', 'maru', desk_sent_do),
    ('forward_maru_send', 'representative', forward_maru_send),  # after the desk: what it leaves waits
    ('referral_sent', 'practitioner', referral_sent),
    ('child_fact_choose', 'maru', child_fact_choose),
    ('child_unjoin', 'maru', child_unjoin),
    ('child_disposal', 'maru-second', child_disposal),
    ('child_bundle_release', 'maru-second', child_bundle_release),
    ('support_import_end', 'administrator', support_import_end),
    ('webhook_ending', 'administrator', webhook_ending),
    ('webhook_end', 'administrator', webhook_end),
    ('relation_end', 'analyst', relation_end),
    ('note_end', 'analyst', note_end),
    ('watch_end', 'maru', watch_end),
    ('watching_seen', 'analyst', watching_seen),
    ('action_do_send', 'coordinator', action_step('done')),
    ('action_do_send', 'coordinator', action_step('move')),
    ('action_do_send', 'coordinator', action_step('give')),
    ('action_do_send', 'coordinator', action_step('note')),
    ('action_do_send', 'coordinator', action_sign),
    ('origin_end', 'analyst', origin_end),
    ('location_part_save', 'analyst', location),
    ('map_data', 'analyst', map_data),
)
