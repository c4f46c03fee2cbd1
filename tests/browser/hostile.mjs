// What people paste: markup, words without an end, letters of every direction.  It
// is shown as it was written, runs nowhere and breaks no page.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { shareOn } from './forum.mjs'
import { look, visit } from './support.mjs'

const MARKUP = '"><img src=x onerror=alert(1)><script>alert(2)</script>&amp;'
const ENDLESS = 'W'.repeat(300)
const NARRATIVE = `${MARKUP} ${ENDLESS} \u202Eright to left\u202C العربية, known as "<b>Kestrel</b>", ` +
  'reg WK96 2QX. http://example.org/' + 'a'.repeat(200)

async function shareIt (server) {
  const visitor = await visit(server)
  const { page } = visitor
  await visitor.signIn('practitioner@example.org')
  await page.goto('/share')
  await page.getByLabel('What did you see or hear?').fill(NARRATIVE)
  await page.getByLabel('Where was it?').fill(MARKUP + ENDLESS.slice(0, 100))
  await page.getByRole('button', { name: 'Add person' }).click()
  const person = page.locator('fieldset.pendeen-mention--person').last()
  await person.getByLabel(/^Name/).fill(MARKUP)
  await person.getByLabel(/^Nickname/).fill(ENDLESS.slice(0, 200))
  await page.getByRole('button', { name: /^(Continue|Check again)$/ }).click()
  await page.getByRole('heading', { name: 'Check and send' }).waitFor()
  await look(page, 'the form')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('heading', { name: 'Thank you' }).waitFor()
  const reference = (await page.locator('.govuk-panel__body strong').textContent()).trim()
  await visitor.leave()
  await shareOn(server, 'representative@example.org', reference)
  return reference
}

async function lookFor (page, what) {
  await look(page, what)
  assert.equal(await page.locator('main img, main script, main b').count(), 0, `${what} holds markup`)
}

export async function hostile (server) {
  await test('markup stays text and endless words break no page', async () => {
    const reference = await shareIt(server)
    const visitor = await visit(server)
    const { page } = visitor
    page.on('dialog', (dialog) => { throw new Error('a script ran: ' + dialog.message()) })
    await visitor.signIn('analyst@example.org')
    await page.goto('/submissions')
    await lookFor(page, 'the list')
    await page.getByRole('link', { name: reference }).click()
    await page.getByRole('heading', { name: 'What it may connect to' }).waitFor()
    const said = await page.locator('.pendeen-narrative').textContent()
    assert.ok(said.includes('<script>alert(2)</script>&amp;'), said)
    assert.ok(!said.includes('\u202E'), 'what turns the direction round is gone')
    await lookFor(page, 'the submission')
    await page.locator('.pendeen-mention--person').last().getByRole('link').first().click()
    await page.getByRole('heading', { name: 'Network' }).waitFor()
    await lookFor(page, 'the entity')
    await page.goto('/search?q=' + encodeURIComponent(MARKUP))
    assert.equal(await page.getByRole('searchbox', { name: /^Part of/ }).inputValue(), MARKUP)
    await lookFor(page, 'the search')
    await visitor.leave()
  })

  await test('an analyst decides without JavaScript', async () => {
    const visitor = await visit(server, { javaScriptEnabled: false })
    const { page } = visitor
    await visitor.signIn('analyst@example.org')
    await page.goto('/suggestions')
    await page.getByRole('link', { name: /^Compare/ }).last().click()
    const pair = page.url()
    await page.getByRole('button', { name: 'Same', exact: true }).click()
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor() // why?
    await page.getByLabel('Why? A few words').fill('Two different places.')
    await page.getByRole('button', { name: 'Different', exact: true }).click()
    await page.getByRole('alert').filter({ hasText: 'are different' }).waitFor()
    await page.goto(pair)
    const said = page.locator('.pendeen-decisions li').first()
    assert.match(await said.textContent(), /different.*Two different places/s)
    await said.getByRole('button', { name: /^Undo/ }).click()
    await page.getByRole('alert').filter({ hasText: 'It is undone' }).waitFor()
    await page.goto(pair)
    assert.match(await page.locator('.pendeen-decisions li').first().textContent(), /undone/)
    await visitor.leave()
  })

  await test('the skip link leads past the menu', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await page.goto('/help-now')
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to main content')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main')
    await visitor.leave()
  })
}
