// Signs of a referral, without JavaScript and on a phone; and every field of the referral, of a
// child's record and of the desk, answered in a way that cannot be right.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkAccessibility, checkFits, loaded, NARROW, root, visit, WIDE } from './support.mjs'

const TEACHER = 'practitioner@example.org'
const save = (page) => page.getByRole('button', { name: 'Save and continue' }).click()
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor()

async function begin (page) {
  await page.goto('/referrals')
  await page.getByRole('button', { name: 'Refer a child to the MARU' }).click()
  await page.getByLabel('In Cornwall').check()
  await page.getByRole('button', { name: 'Begin' }).click()
  await heading(page, 'Refer a child to the MARU')
  return new URL(page.url()).pathname
}

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

  await test('so does every form of the desk and of a child’s record', async () => {
    const officer = await visit(server)
    const { page } = officer
    await officer.signIn('maru@example.org')
    await page.goto('/desk')
    await page.goto(await page.locator('.pendeen-queue a').first().getAttribute('href'))
    const steps = await page.locator('.pendeen-steps a').evaluateAll((list) => list.map((link) => link.getAttribute('href')))
    let tried = 0
    for (const step of steps) {
      await page.goto(step)
      const { typed } = await wrongIn(page)
      if (!typed.length) continue // a button alone
      await refused(page, step)
      tried++
    }
    assert.ok(tried >= 3, `${tried} forms of the desk`)
    await page.goto('/children')
    const child = await page.locator('main a[href^="/children/"]').evaluateAll((list) =>
      list.map((link) => link.getAttribute('href')).find((href) => /^\/children\/\d+$/.test(href)))
    for (const kind of ['person', 'agency', 'status', 'sign?item=new-phone', 'judgement', 'plan', 'note']) {
      await page.goto(`${child}/add/${kind}`)
      await refused(page, `a child's ${kind}`)
    }
    await officer.leave()
  })
}

export async function signsAndFields (server) {
  await signs(server)
  await fields(server)
}
