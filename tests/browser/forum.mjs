// From a practitioner to a Forum and back: shared, questioned, answered, sanitised, shared on;
// each sees only what they should at each step.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { checkAccessibility, look, picture, visit } from './support.mjs'

const WRITTEN = 'I teach Corin in my class at Rosevean. He said a man with a green van, WK98 4RT, waits ' +
  'by the slipway on Tuesdays.'
const SANITISED = 'A man with a green van, WK98 4RT, waits by the slipway on Tuesdays.'

async function shareIt (server, email, words) {
  const visitor = await visit(server)
  const { page } = visitor
  await visitor.signIn(email)
  await page.goto('/share')
  await page.getByLabel('What did you see or hear?').fill(words)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Check and send' }).waitFor()
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('heading', { name: 'Thank you' }).waitFor()
  const reference = (await page.locator('.govuk-panel__body strong').textContent()).trim()
  await visitor.leave()
  return reference
}

// As the representative: opens it out of the inbox and shares it with the Forum.
export async function shareOn (server, email, reference, words) {
  const visitor = await visit(server)
  const { page } = visitor
  await visitor.signIn(email)
  await page.goto('/inbox')
  await page.getByRole('link', { name: reference }).click()
  await page.getByRole('heading', { name: 'For the Forum' }).waitFor()
  if (words) await page.getByLabel('What the Forum reads').fill(words)
  const looked = page.getByLabel('I have looked: none of this says who told')
  if (await looked.count()) await looked.check()
  await page.getByRole('button', { name: 'Share with the Forum' }).click()
  await page.getByText('Shared with the Forum').waitFor()
  await visitor.leave()
}

async function as (server, email, doing) {
  const visitor = await visit(server)
  await visitor.signIn(email)
  await doing(visitor.page)
  await visitor.leave()
}

export async function forum (server) {
  const TEACHER = 'practitioner@example.org'
  const REPRESENTATIVE = 'representative@example.org'
  const ANALYST = 'analyst@example.org'
  let reference
  let where

  await test('what a practitioner shares goes to their representative first', async () => {
    reference = await shareIt(server, TEACHER, WRITTEN)
    await as(server, TEACHER, async (page) => {
      await page.goto('/submissions')
      await page.locator('tr', { hasText: reference }).getByText('Received').waitFor()
      await page.getByRole('link', { name: reference }).click()
      where = new URL(page.url()).pathname
      assert.equal((await page.goto('/inbox')).status(), 404)
      assert.equal((await page.goto(where.replace('submissions', 'inbox'))).status(), 404)
    })
    await as(server, ANALYST, async (page) => assert.equal((await page.goto(where)).status(), 404))
  })

  await test('a representative asks, and the practitioner answers', async () => {
    await as(server, REPRESENTATIVE, async (page) => {
      await page.goto('/inbox')
      await look(page, 'the inbox')
      await page.getByRole('link', { name: reference }).click()
      await look(page, 'for the Forum')
      await picture(page, 'forward', { height: 1420 })
      const marks = await page.locator('mark').allTextContents()
      assert.ok(marks.some((mark) => /I teach/.test(mark)) && marks.some((mark) => /my/.test(mark)), marks.join('|'))
      await page.getByText('Something that only one person could know').first().waitFor()
      await page.getByLabel('Ask whoever sent it').fill('Which slipway?')
      await page.getByRole('button', { name: 'Ask', exact: true }).click()
      await page.getByText('No answer yet.').waitFor()
    })
    await as(server, TEACHER, async (page) => {
      await page.goto(where)
      await page.getByText('With your representative').waitFor()
      await look(page, 'a question')
      await page.getByLabel('Your answer').fill('The old one.')
      await page.getByRole('button', { name: 'Answer' }).click()
      await page.getByText('You answered: The old one.').waitFor()
    })
  })

  await test('the Forum reads the sanitised version, and no word more', async () => {
    await as(server, REPRESENTATIVE, async (page) => {
      await page.goto(where.replace('submissions', 'inbox'))
      await page.getByText('The old one.').waitFor()
    })
    await shareOn(server, REPRESENTATIVE, reference, SANITISED)
    await as(server, ANALYST, async (page) => {
      await page.goto(where)
      const said = await page.locator('main').innerText()
      assert.ok(said.includes('waits by the slipway'))
      assert.doesNotMatch(said, /I teach|Rosevean|old one/)
      assert.equal((await page.goto(where.replace('submissions', 'inbox'))).status(), 404)
    })
    await as(server, TEACHER, async (page) => {
      await page.goto(where)
      await page.getByText('Shared with the Forum').waitFor()
      assert.match(await page.locator('main').innerText(), /I teach/)
      assert.equal(await page.getByRole('button', { name: 'Withdraw it' }).count(), 0)
    })
  })

  await test('what was withdrawn is not shared: a clear answer', async () => {
    const other = await shareIt(server, TEACHER, 'A grey scooter by the gate.')
    const visitor = await visit(server)
    await visitor.signIn(REPRESENTATIVE)
    const { page } = visitor
    await page.goto('/inbox')
    await page.getByRole('link', { name: other }).click()
    await as(server, TEACHER, async (own) => {
      await own.goto('/submissions')
      await own.getByRole('link', { name: other }).click()
      await own.getByRole('link', { name: 'Withdraw it' }).click()
      await own.getByRole('heading', { name: 'Withdraw this submission?' }).waitFor()
      await checkAccessibility(own, 'withdrawing')
      await own.getByRole('button', { name: 'Withdraw it' }).click()
      assert.match(await own.getByRole('alert').textContent(), /You have withdrawn it/)
    })
    await page.getByRole('button', { name: 'Share with the Forum' }).click()
    await page.getByText('has withdrawn it').waitFor()
    await visitor.context.close() // the browser says that 409 is an error
  })
}
