// A referral of two siblings, saved on one device and sent from another; what goes wrong on
// the way is said, and nothing that was typed is lost.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { loaded, look, mainText, NARROW, PASSWORD, picture, visit } from './support.mjs'

const TEACHER = 'practitioner@example.org'
const save = (page) => page.getByRole('button', { name: 'Save and continue' }).click()
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor()

// Begins one; answers its path.
export async function begin (page) {
  await page.goto('/referrals')
  await page.getByRole('button', { name: 'Refer a child to the MARU' }).click()
  await page.getByLabel('In Cornwall').check()
  await page.getByRole('button', { name: 'Begin' }).click()
  await heading(page, 'Refer a child to the MARU')
  return new URL(page.url()).pathname
}

async function addChild (page, draft, name, birth) {
  await page.goto(draft + '/sections/child')
  await page.getByRole('button', { name: /^Add/ }).click()
  await heading(page, 'Who is the child?')
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Date of birth, or due date', { exact: true }).fill(birth)
  await page.getByLabel('No information available: Other names').check()
  await save(page)
  await heading(page, 'How does the child describe themselves?')
}

export async function referral (server) {
  let draft

  await test('two siblings are begun on one device', async () => {
    const desk = await visit(server)
    const { page } = desk
    await desk.signIn(TEACHER)
    await page.goto('/referrals/new')
    await look(page, 'before a referral')
    await page.getByRole('button', { name: 'Begin' }).click()
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
    draft = await begin(page)
    await look(page, 'the task list')
    await addChild(page, draft, 'Tamsin Example', '14 3 2012')
    await addChild(page, draft, 'Jory Example', 'about 9')
    await page.goto(draft + '/sections/child')
    await page.getByRole('link', { name: 'Jory Example' }).waitFor()
    await look(page, 'two children')
    await page.goto(draft)
    assert.match(await mainText(page), /Tamsin Example, Jory Example/)
    await picture(page, 'referral-list', { height: 1000 })
    await desk.leave()
  })

  await test('wrong input says what to do, keeps what was typed and what was right', async () => {
    const desk = await visit(server)
    const { page } = desk
    await desk.signIn(TEACHER)
    await page.goto(draft + '/sections/child')
    await page.getByRole('link', { name: 'Tamsin Example' }).click()
    await save(page)
    await save(page)
    await save(page)
    await heading(page, 'Which services know the child?')
    await page.getByLabel('School, college or nursery', { exact: true }).fill('Porth Academy')
    await page.getByLabel('NHS number', { exact: true }).fill('999 123 4552')
    await page.getByLabel('GP', { exact: true }).fill('A practice')
    await page.getByLabel('Not applicable: GP').check()
    await save(page)
    const problems = page.locator('.govuk-error-summary')
    assert.match(await problems.textContent(), /one of its ten digits cannot be right/)
    assert.match(await problems.textContent(), /Keep one of the two/)
    assert.match(await page.title(), /^Error/)
    await loaded(page)
    await problems.getByRole('link').last().click()
    assert.equal(await page.evaluate(() => document.activeElement.id), 'child-nhs-number')
    assert.equal(await page.getByLabel('NHS number', { exact: true }).inputValue(), '999 123 4552')
    assert.equal(await page.getByLabel('GP', { exact: true }).inputValue(), 'A practice')
    await look(page, 'a step with problems')
    await picture(page, 'referral-problem', { from: '.govuk-error-summary', height: 1100 })
    // What was right is kept although the rest was not.
    await page.goto(page.url())
    assert.equal(await page.getByLabel('School, college or nursery', { exact: true }).inputValue(), 'Porth Academy')
    await desk.leave()
  })

  await test('danger comes before anything else', async () => {
    const desk = await visit(server, { javaScriptEnabled: false })
    const { page } = desk
    await desk.signIn(TEACHER)
    const other = await begin(page)
    await page.getByRole('link', { name: 'Is a child in danger now?' }).click()
    await page.getByLabel('Yes, or I think so').check()
    await save(page)
    await page.getByRole('alert').getByRole('link', { name: 'call 999' }).waitFor()
    await save(page)
    await heading(page, 'Refer a child to the MARU')
    await page.goto(other + '/steps/concern-what')
    await page.getByLabel('What has happened, or may be happening?', { exact: true })
      .fill('She said “he has a knife” and is putting herself at risk.')
    await save(page)
    assert.match(await page.getByRole('alert').textContent(), /You wrote “has a knife”/)
    assert.match(await page.locator('.pendeen-advice').textContent(), /putting herself at risk/)
    await page.goto(other + '/withdraw')
    await page.getByRole('button', { name: 'Withdraw' }).click()
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
    await page.getByLabel('Why?').fill('Only to try it out.')
    await page.getByRole('button', { name: 'Withdraw' }).click()
    assert.match(await mainText(page), /Withdrawn[\s\S]*Only to try it out\./)
    await desk.leave()
    const again = await visit(server)
    await again.signIn(TEACHER)
    await again.page.goto(other)
    await look(again.page, 'what was withdrawn')
    await again.leave()
  })

  await test('two devices of one person overwrite nothing', async () => {
    const desk = await visit(server)
    const phone = await visit(server, { viewport: NARROW })
    await desk.signIn(TEACHER)
    await phone.signIn(TEACHER)
    const label = ['What has happened, or may be happening?', { exact: true }]
    await desk.page.goto(draft + '/steps/concern-what')
    await phone.page.goto(draft + '/steps/concern-what')
    await phone.page.getByLabel(...label).fill('Written on the phone.')
    await phone.page.getByRole('button', { name: 'Save and go to the list' }).click()
    await desk.page.getByLabel(...label).fill('Written at the desk.')
    await save(desk.page)
    assert.match(await desk.page.locator('.govuk-error-summary').textContent(), /changed on another device/)
    assert.match(await desk.page.locator('#concern-reason-clash').textContent(), /Written on the phone\./)
    assert.equal(await desk.page.getByLabel(...label).inputValue(), 'Written at the desk.')
    await look(desk.page, 'both versions')
    await picture(desk.page, 'referral-both', { height: 1150 })
    await desk.page.getByLabel(...label).fill('Written on the phone. Written at the desk. A silver Corsa, WK?? 7?Z, waits at the gate.')
    await save(desk.page)
    await heading(desk.page, 'When and where?')
    await phone.leave()
    await desk.leave()
  })

  await test('a draft outlives the session', async () => {
    const desk = await visit(server, { javaScriptEnabled: false })
    const { page } = desk
    // A session of its own, so that ending it ends nobody else's.
    await page.goto('/sign-in')
    await page.getByLabel('Email address').fill(TEACHER)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.goto(draft + '/steps/concern-when-where')
    await page.getByLabel('Where was it?', { exact: true }).fill('By the school gate.')
    await desk.context.clearCookies()
    await save(page)
    await heading(page, 'You were signed out')
    const [tab] = await Promise.all([desk.context.waitForEvent('page'),
      page.getByRole('link', { name: 'Sign in (opens in a new tab)' }).click()])
    await tab.getByLabel('Email address').fill(TEACHER)
    await tab.getByLabel('Password').fill(PASSWORD)
    await tab.getByRole('button', { name: 'Sign in' }).click()
    await tab.getByRole('button', { name: 'Sign out' }).waitFor()
    await page.getByRole('button', { name: 'Send it again' }).click()
    await heading(page, 'What has been done so far?')
    await page.goto(draft + '/steps/concern-when-where')
    assert.equal(await page.getByLabel('Where was it?', { exact: true }).inputValue(), 'By the school gate.')
    await desk.leave()
  })

  await test('a car is added by keyboard alone', async () => {
    const desk = await visit(server)
    const { page } = desk
    await desk.signIn(TEACHER)
    await page.goto(draft + '/sections/vehicle')
    await page.getByRole('button', { name: 'Add vehicle' }).focus()
    await page.keyboard.press('Enter')
    await heading(page, 'Which vehicle is it?')
    await page.getByLabel('Registration', { exact: true }).focus()
    await page.keyboard.type('WK?? 7?Q')
    await page.keyboard.press('Tab') // No information available
    await page.keyboard.press('Tab') // Not applicable
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement.id), 'vehicle-make')
    await page.keyboard.type('Vauxhall')
    await page.keyboard.press('Enter')
    await heading(page, 'Vehicles')
    await page.getByRole('link', { name: 'WK?? 7?Q' }).waitFor()
    await desk.leave()
  })

  await test('what is checked and withdrawn is clean, wide and on a phone', async () => {
    const desk = await visit(server)
    const { page } = desk
    await desk.signIn(TEACHER)
    await page.goto(draft + '/steps/danger-now')
    await page.getByLabel('I am not sure').check()
    await save(page)
    await page.getByRole('alert').getByRole('link', { name: 'call 999' }).waitFor()
    await look(page, 'a child who may be in danger')
    await page.goto(draft + '/check')
    await look(page, 'check answers')
    // What the words name is offered for the lists, and once it is there no more.
    await page.getByRole('button', { name: /^Add vehicle .*WK\?\? 7\?Z/ }).click()
    await heading(page, 'Check and send')
    assert.equal(await page.getByRole('button', { name: /^Add vehicle .*WK\?\? 7\?Z/ }).count(), 0)
    assert.match(await mainText(page), /Vehicle: WK\?\? 7\?Z/)
    await picture(page, 'referral-check', { height: 1400 })
    await page.goto(draft + '/withdraw')
    await look(page, 'withdrawing')
    await page.goto(draft + '/sections/vehicle')
    await look(page, 'one vehicle')
    await desk.leave()
  })

  await test('it is looked through on a phone and sent once', async () => {
    const phone = await visit(server, { viewport: NARROW, javaScriptEnabled: false })
    const { page } = phone
    await phone.signIn(TEACHER)
    await page.goto(draft + '/check')
    const text = await mainText(page)
    for (const words of ['Tamsin Example', 'Jory Example', 'WK?? 7?Q', 'By the school gate.', 'Not answered',
      'No information available', 'The MARU can act sooner with these', 'The MARU will check',
      'What will be shared with whom', 'read as born 14 March 2012'])
      assert.ok(text.includes(words), `“${words}” is on the page`)
    // A change from here leads back here.
    await page.getByRole('link', { name: 'Change Phone number, You' }).click()
    await page.getByLabel('Phone number', { exact: true }).fill('01632 960 001')
    await save(page)
    await heading(page, 'Check and send')
    await page.getByRole('button', { name: 'Send to the MARU' }).click()
    await heading(page, 'Referral sent')
    const reference = (await page.locator('.govuk-panel__body strong').textContent()).trim()
    assert.match(reference, /^R-\w{4}-\w{4}$/)
    assert.match(await mainText(page), /decides what to do by/)
    await page.goto('/referrals')
    assert.equal(await page.locator('tbody tr', { hasText: reference }).count(), 1)
    // Among what one shared it is a referral, and is read as one: no Forum has it.
    await page.goto('/submissions')
    const row = page.locator('tbody tr', { hasText: reference })
    assert.match(await row.textContent(), /A referral/)
    assert.doesNotMatch(await row.textContent(), /Forum/)
    await row.getByRole('link').click()
    assert.equal(new URL(page.url()).pathname, draft)
    await phone.leave()
  })

  await test('it is added to, printed, and read by the unit and nobody else', async () => {
    const desk = await visit(server)
    await desk.signIn(TEACHER)
    for (const [path, what] of [['/referrals', 'the list of referrals'], [draft + '/sent', 'referral sent']]) {
      await desk.page.goto(path)
      await look(desk.page, what)
    }
    await picture(desk.page, 'referral-sent', { height: 900 })
    await desk.page.goto(draft)
    await desk.page.getByLabel('What is new?').fill('The car came again on Monday.')
    await desk.page.getByRole('button', { name: 'Add to the referral' }).click()
    await desk.page.getByText('The car came again on Monday.').waitFor()
    await look(desk.page, 'what was sent')
    await desk.page.goto(draft + '/print')
    assert.match(await mainText(desk.page), /OFFICIAL-SENSITIVE[\s\S]*Printed for/)
    await look(desk.page, 'to be printed')
    const file = await desk.page.evaluate(async (path) => {
      const answer = await fetch(path)
      return [answer.headers.get('content-type'), (await answer.text()).slice(0, 6)]
    }, draft + '/referral.pdf')
    assert.deepEqual(file, ['application/pdf', '%PDF-1'])
    // A second click, or one that comes late, comes to the same referral.
    await desk.page.goto(draft)
    const again = await desk.page.evaluate(async (path) => {
      const csrf = document.querySelector('[name=csrf]').value
      const answer = await fetch(path, { method: 'POST', body: new URLSearchParams({ csrf, version: '1' }) })
      return [answer.status, answer.redirected, new URL(answer.url).pathname]
    }, draft + '/send')
    assert.deepEqual(again, [200, true, draft + '/sent'])
    await desk.leave()
    const officer = await visit(server)
    await officer.signIn('maru@example.org')
    assert.equal((await officer.page.goto(draft)).status(), 200)
    await look(officer.page, 'what the unit reads')
    await officer.leave()
    const analyst = await visit(server)
    await analyst.signIn('analyst@example.org')
    assert.equal((await analyst.page.goto(draft)).status(), 404)
    await analyst.leave()
  })
}
