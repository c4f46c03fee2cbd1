// Signs of a referral, without JavaScript and on a phone, and on paper; and every field of the
// referral, and of every form that the desk, a child's record, missing episodes, the referrer,
// a partner and the list of contacts lead to, answered in a way that cannot be right.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { begin } from './referral.mjs'
import { checkAccessibility, checkFits, loaded, NARROW, root, visit, WIDE, wordsOfPdf } from './support.mjs'

const TEACHER = 'practitioner@example.org'
const save = (page) => page.getByRole('button', { name: 'Save and continue' }).click()
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor()

async function signs (server) {
  await test('signs are written without JavaScript on a phone, and stand in the referral', async () => {
    const phone = await visit(server, { javaScriptEnabled: false, viewport: NARROW })
    const { page } = phone
    await phone.signIn(TEACHER)
    const draft = await begin(page)
    await page.getByRole('link', { name: 'What you have noticed' }).click()
    await page.getByRole('link', { name: 'Add a child first' }).click()
    await page.getByRole('button', { name: /^Add/ }).click()
    await page.getByLabel('Name', { exact: true }).fill('Tegen Sample')
    await page.getByRole('button', { name: 'Save and go to the list' }).click()
    await page.getByRole('link', { name: 'What you have noticed' }).click()
    await page.getByRole('link', { name: 'Tegen Sample' }).click()
    // Harm comes before anything else, and every question can be left to others.
    await heading(page, 'May this child already have been harmed?')
    await page.getByLabel('It is possible').check()
    await save(page)
    await heading(page, 'What have you noticed, and what has the child said?')
    await save(page)
    await heading(page, 'Signs that may point to harm')
    const sign = (name) => page.locator('.pendeen-question', { has: page.getByRole('group', { name }) })
    const phoneSign = sign('Has a new phone that no parent or carer provided')
    await phoneSign.locator('summary').click()
    await phoneSign.getByLabel('In your words').fill('It rings in class.')
    await save(page)
    await page.getByRole('alert').getByText('Choose first how this is known').waitFor()
    assert.equal(await phoneSign.getByLabel('In your words').inputValue(), 'It rings in class.')
    await phoneSign.getByLabel(/^Observed/).check()
    await phoneSign.getByLabel('When was it?').selectOption({ label: 'In the last 6 months' })
    await phoneSign.getByLabel('Where does this come from?').fill('Her form tutor')
    await sign('Misuses drugs or alcohol').getByLabel('No information available').check()
    await save(page)
    await heading(page, 'What may make this child easier to target?')
    await sign('Lives in residential or foster care').getByLabel('Not applicable').check()
    for (const next of ['Places, people, and what happens online', 'What protects this child?', 'What do you make of it?']) {
      await save(page)
      await heading(page, next)
    }
    await page.getByLabel('Not enough is known, and more has to be found out').check()
    await page.getByLabel('What are your reasons?', { exact: true }).fill('A phone that nobody bought. She talks to nobody about it.')
    await save(page)
    await page.goto(draft + '/check')
    const said = await page.locator('main').innerText()
    assert.match(said, /Observed, in the last 6 months\. Source: Her form tutor\s+It rings in class\./)
    assert.match(said, /Signs that may point to harm: nothing said of\s+Goes missing/)
    assert.match(said, /Not enough is known, and more has to be found out/)
    assert.doesNotMatch(said, /\bscore|\d+ (out )?of \d+/i)
    // The PDF says the same of them: sign, how it is known, period, source and words.
    const paper = await wordsOfPdf(server, phone.context, `${draft}/referral.pdf`)
    for (const words of ['May this child already have been harmed?', 'It is possible', 'Has a new phone that no parent or carer provided',
      'Observed, in the last 6 months. Source: Her form tutor', 'It rings in class.', 'Misuses drugs or alcohol', 'No information available',
      'Lives in residential or foster care', 'Not applicable', 'Signs that may point to harm: nothing said of Goes missing',
      'Not enough is known, and more has to be found out', 'A phone that nobody bought. She talks to nobody about it.'])
      assert.ok(paper.includes(words), `“${words}” is in the PDF: ${paper}`)
    assert.doesNotMatch(paper, /\bscore/i)
    await phone.leave()
    const desk = await visit(server)
    await desk.signIn(TEACHER)
    for (const step of ['signs-of-harm', 'signs-strengths', 'signs-judgement']) {
      await desk.page.goto(`${draft}/steps/${step}?row=1`)
      for (const viewport of [WIDE, NARROW]) {
        await desk.page.setViewportSize(viewport)
        await checkFits(desk.page, step)
      }
      await checkAccessibility(desk.page, step)
    }
    // By keyboard alone: the first sign is answered and saved.
    await desk.page.goto(`${draft}/steps/signs-of-harm?row=1`)
    await loaded(desk.page)
    await desk.page.locator('#sign-missing-or-late').focus()
    await desk.page.keyboard.press('ArrowDown')
    await desk.page.keyboard.press('Tab')
    await desk.page.keyboard.press('Enter')
    await desk.page.keyboard.press('Tab')
    await desk.page.keyboard.press('Tab')
    await desk.page.keyboard.type('Her mother')
    await desk.page.keyboard.press('Enter')
    await heading(desk.page, 'What may make this child easier to target?')
    await desk.page.goto(`${draft}/check`)
    await desk.page.getByText('Reported. Source: Her mother').waitFor()
    await desk.leave()
  })
}

// The steps of the form, with the section that each stands in.
function stepsOf (file) {
  const steps = []
  let section
  for (const part of readFileSync(join(root, 'areas/cornwall', file), 'utf8').split(/^(?=\[)/m)) {
    const id = part.match(/^\[([a-z0-9-]+)\]/)?.[1]
    if (/^section = /m.test(part)) section = { id, rows: /^one = /m.test(part) ? id : part.match(/^of = (.+)$/m)?.[1] }
    if (/^step = /m.test(part)) steps.push({ id, section })
  }
  return steps
}

// Every field of the page's form: what cannot be right in each that takes words, nothing chosen.
async function wrongIn (page) {
  return await page.locator('main form').filter({ has: page.locator('[name="csrf"]') }).last().evaluate((form) => {
    const sent = {}
    const typed = []
    for (const field of form.elements) {
      if (!field.name) continue
      if (field.type === 'hidden') sent[field.name] = field.value
      else if (field.type === 'radio') sent[field.name] = 'no-such-answer'
      else if (field.tagName === 'SELECT') sent[field.name] = ''
      else if (field.type === 'text' || field.tagName === 'TEXTAREA') {
        const much = field.tagName === 'TEXTAREA' && !/^sign-|address/.test(field.name) ? 20001 : 401
        sent[field.name] = (field.name + ' ').repeat(much).slice(0, much)
        typed.push(field.name)
      }
    }
    return { action: form.getAttribute('action') ?? location.pathname, sent, typed }
  })
}

async function refused (page, what) {
  await loaded(page)
  const { action, sent, typed } = await wrongIn(page)
  const { status, html } = await page.evaluate(async ({ action, sent }) => {
    const answer = await fetch(action, { method: 'POST', body: new URLSearchParams(sent), redirect: 'manual' })
    return { status: answer.status, html: await answer.text() }
  }, { action, sent })
  assert.ok(status === 400, `${what} answered ${status}`)
  assert.match(html, /There is a problem/, what)
  for (const name of typed) assert.ok(html.includes(sent[name]), `${what}: what was typed in ${name} is gone`)
  return { html, typed, sent }
}

async function fields (server) {
  await test('every question of a referral refuses what cannot be right, and keeps it', async () => {
    const desk = await visit(server)
    const { page } = desk
    await desk.signIn(TEACHER)
    const draft = await begin(page)
    const rows = new Map()
    let asked = 0
    for (const { id, section } of stepsOf('referral.txt')) {
      if (section.rows && !rows.has(section.rows)) {
        await page.goto(`${draft}/sections/${section.rows}`)
        await page.getByRole('button', { name: /^Add/ }).click()
        rows.set(section.rows, new URL(page.url()).searchParams.get('row'))
      }
      await page.goto(`${draft}/steps/${id}${section.rows ? '?row=' + rows.get(section.rows) : ''}`)
      const questions = await page.locator('.pendeen-question').count()
      const ticked = await page.locator('.pendeen-question fieldset:has(input[type=checkbox])').count()
      if (questions === ticked) continue // a tick cannot be wrong
      const { html } = await refused(page, `the step ${id}`)
      const errors = html.match(/class="govuk-error-message"/g)?.length ?? 0
      assert.equal(errors, questions - ticked, `${id}: ${questions} questions, ${errors} say what to do`)
      asked += errors
    }
    assert.ok(asked > 100, `${asked} questions were tried`)
    await desk.leave()
  })
}

// --- every form there is -----------------------------------------------------------------------

// What a page that is fetched leads to, and its forms: each with what cannot be right in every
// field that takes words, no answer of those offered, and no tick.
async function lookThrough (page, path) {
  return await page.evaluate(async (path) => {
    const answer = await fetch(path)
    const at = new URL(answer.url).pathname
    const found = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const forms = [...found.querySelectorAll('main form')].filter((form) => form.querySelector('[name=csrf]')).map((form) => {
      const sent = {}
      const typed = []
      const answers = new Set()
      for (const field of form.elements) {
        if (!field.name || field.type === 'hidden') { if (field.name) sent[field.name] = field.value; continue }
        if (field.type === 'radio' || field.tagName === 'SELECT') { sent[field.name] = 'no-such-answer'; answers.add(field.name) }
        else if (field.type === 'checkbox' || field.type === 'file' || field.type === 'submit' || field.tagName === 'FIELDSET') continue
        else if (field.type !== 'password') {
          const much = field.tagName === 'TEXTAREA' ? 20001 : 2001
          sent[field.name] = (field.name + ' ').repeat(much).slice(0, much)
          typed.push(field.name)
        }
      }
      return { action: form.getAttribute('action') || at, sent, typed, answers: [...answers] }
    })
    const links = [...found.querySelectorAll('main a[href^="/"]')].map((link) => link.getAttribute('href'))
    return { status: answer.status, forms, links }
  }, path)
}

async function send (page, { action, sent }) {
  return await page.evaluate(async ({ action, sent }) => {
    const answer = await fetch(action, { method: 'POST', body: new URLSearchParams(sent), redirect: 'manual' })
    return { status: answer.status, html: await answer.text() }
  }, { action, sent })
}

const kindOfForm = ({ action, sent }) => action.replace(/\d+/g, '#') + ' ' + Object.keys(sent).sort().join(' ')
const kindOfPath = (path) => path.replace(/\d+/g, '#').replace(/item=[a-z-]+/, 'item=')
const OF_MANY_STATES = /^\/(desk|referrals|children|checks)\/\d+$/

// Everything of `within` that links lead to, a few of each kind: each form once.
async function everyForm (server, email, starts, within) {
  const visitor = await visit(server)
  const { page } = visitor
  await visitor.signIn(email)
  await page.goto(starts[0])
  const waiting = [...starts]
  const seen = new Map()
  const tried = new Set()
  const wrong = []
  while (waiting.length) {
    const path = waiting.shift().replace(/#.*/, '')
    const kind = kindOfPath(path)
    if (!within.test(path) || /\.(pdf|csv|json)|print/.test(path) || (seen.get(kind) ?? 0) >= (OF_MANY_STATES.test(path) ? 40 : 1) || seen.has(path)) continue
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
    seen.set(path, 0)
    const { forms, links } = await lookThrough(page, path)
    // Referrals at the desk have steps of their own in each state: a few of each.
    let cases = 0
    waiting.push(...links.filter((link) => !/^\/desk\/\d+$/.test(link) || (starts.includes(path) && cases++ < 8)))
    for (const form of forms) {
      if (!form.typed.length && !form.answers.length) continue // a button
      if (tried.has(kindOfForm(form))) continue
      tried.add(kindOfForm(form))
      const { status, html } = await send(page, form)
      if (status !== 400 || !/There is a problem/.test(html)) wrong.push(`${path} > ${form.action} ${Object.keys(form.sent)}: ${status}`)
      for (const name of form.typed)
        if (status === 400 && !html.includes(form.sent[name])) wrong.push(`${path} > ${form.action}: what was typed in ${name} is gone`)
    }
  }
  await visitor.leave()
  assert.deepEqual(wrong, [], email)
  return [...tried]
}

// Steps of the desk that the made-up cases are at: the others are tests/unit/test_desk's.
const STEPS = ['rating', 'check', 'check-answer', 'check-withdraw', 'decision', 'meeting', 'worker', 'disagreement',
  'escalate', 'settle', 'transfer', 'transfer-answer', 'feedback', 'reopen', 'note']

async function forms (server) {
  for (const [email, starts, within, least] of [
    ['maru@example.org', ['new', 'open', 'decided', 'closing', 'closed'].map((state) => '/desk?state=' + state).concat('/missing', '/children', '/children/new', '/children/due'), /^\/(desk|children|missing)|^\/referrals\/\d+\/children/, 60],
    ['maru-second@example.org', ['/desk?state=closing'], /^\/desk/, 1],
    ['practitioner@example.org', ['/referrals', '/referrals/new'], /^\/referrals(?!.*\/steps)/, 3],
    ['representative@example.org', ['/checks'], /^\/checks/, 1],
    ['administrator@example.org', ['/contacts', '/take-in-support'], /^\/(contacts|take-in-support)/, 1]
  ]) {
    await test(`every form that ${email} meets refuses what cannot be right, and keeps it`, async () => {
      const tried = await everyForm(server, email, starts, within)
      if (email === 'maru@example.org')
        for (const step of STEPS) assert.ok(tried.some((one) => one.startsWith(`/desk/#/do/${step} `)), `the step ${step} was tried`)
      assert.ok(tried.length >= least, `${tried.length} forms: ${tried.join(', ')}`)
    })
  }
}

export async function signsAndFields (server) {
  await signs(server)
  await fields(server)
  await forms(server)
}
