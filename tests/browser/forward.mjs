// What a practitioner and a representative do on the way to a Forum: add, answer, print; compare,
// two at once, to the referral unit instead.  By keyboard, at 375 pixels, without JavaScript.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { look, NARROW, picture, tabTo, visit, wordsOfPdf } from './support.mjs'

const TEACHER = 'practitioner@example.org'
const REPRESENTATIVE = 'representative@example.org'
const OFFICER = 'maru@example.org'

async function as (server, email, doing, options) {
  const visitor = await visit(server, options)
  await visitor.signIn(email)
  await doing(visitor.page)
  await visitor.leave()
}

// A browser says that 400 and 409 are errors: these visitors do not leave, they go.
async function withErrors (server, email, doing, options) {
  const visitor = await visit(server, options)
  await visitor.signIn(email)
  await doing(visitor.page)
  await visitor.context.close()
}

export async function forward (server) {
  let reference
  let where

  await test('sharing by keyboard alone, at 375 pixels, with a name for the Forum', async () => {
    await as(server, TEACHER, async (page) => {
      await page.goto('/share')
      await look(page, 'the share form')
      await page.setViewportSize(NARROW)
      await tabTo(page, page.getByLabel('What did you see or hear?'))
      await page.keyboard.type('The caretaker saw a blue moped, WK96 QHJ, by the slipway on Tuesday. I was in my classroom.')
      await tabTo(page, page.getByLabel('The Forum may be told my name'))
      await page.keyboard.press('Space')
      await tabTo(page, page.getByRole('button', { name: 'Continue' }))
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Check and send' }).waitFor()
      assert.equal(await page.getByLabel('The Forum may be told my name').isChecked(), true, 'the form comes back filled in')
      await tabTo(page, page.getByRole('button', { name: 'Send', exact: true }), 200)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Thank you' }).waitFor()
      reference = (await page.locator('.govuk-panel__body strong').textContent()).trim()
      await page.getByRole('link', { name: /Reference card/ }).click()
      await look(page, 'the reference card')
      const card = await page.locator('.pendeen-receipt').innerText()
      assert.ok(card.includes(reference))
      assert.doesNotMatch(card, /moped|caretaker|slipway|Morwenna|Carn Wartha/)
      const paper = await wordsOfPdf(server, page.context(), new URL(page.url()).pathname + '.pdf')
      assert.ok(paper.includes(reference) && paper.includes('Call 999'))
      assert.doesNotMatch(paper, /moped|caretaker|slipway|Morwenna|Carn Wartha|Printed for/)
      await page.emulateMedia({ media: 'print' })
      assert.doesNotMatch(await page.locator('body').innerText(), /Morwenna/, 'nor on the paper')
    })
  })

  await test('what was returned says why, and what its representative wrote', async () => {
    await as(server, TEACHER, async (page) => {
      await page.goto('/submissions?list=own')
      await page.locator('tr', { hasText: 'Returned to you' }).getByRole('link').first().click()
      await page.getByText('It holds more than one matter.').waitFor()
      await page.getByText('Please share the van and the vapes each by itself.').waitFor()
      await look(page, 'what was returned')
    })
  })

  await test('adding to it, without JavaScript', async () => {
    await as(server, TEACHER, async (page) => {
      await page.goto('/submissions?list=own')
      await page.getByRole('link', { name: reference }).click()
      where = new URL(page.url()).pathname
      await page.getByRole('button', { name: 'Add to it' }).click()
      await page.getByText('You add to').waitFor()
      await page.getByLabel('What did you see or hear?').fill('The moped was there again.')
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByRole('button', { name: 'Send', exact: true }).click()
      await page.goto(where)
      await page.getByText('Added later:').waitFor()
    }, { javaScriptEnabled: false })
    await as(server, TEACHER, async (page) => {
      await page.goto(where)
      await look(page, 'a submission of one’s own')
      await page.goto('/share?adds-to=1')
      assert.match(await page.locator('h1').innerText(), /not/i, 'nobody adds to what is not theirs')
    })
  })

  await test('what may tell who said so is marked, alone and together, and versions are compared', async () => {
    await as(server, REPRESENTATIVE, async (page) => {
      await page.goto(where.replace('submissions', 'inbox'))
      await page.getByText('Together these may fit one person only').waitFor()
      const together = await page.locator('.govuk-inset-text li').allTextContents()
      assert.ok(together.some((line) => /caretaker.*slipway.*Tuesday/.test(line)), together.join('|'))
      assert.ok(together.some((line) => /“I”.*classroom/.test(line)), together.join('|'))
      await page.getByText('The same person sent').waitFor()
      await page.getByLabel('What the Forum reads').fill('Somebody saw a blue moped, WK96 QHJ, by the slipway.')
      await page.getByRole('button', { name: 'Keep this version' }).click()
      await page.getByRole('heading', { name: 'What was changed' }).waitFor()
      const compared = page.locator('.pendeen-compared')
      assert.match(await compared.locator('del').first().innerText(), /taken out:\s*The caretaker/)
      assert.match(await compared.locator('ins').first().innerText(), /put in:\s*Somebody/)
      const ends = await compared.locator('del, ins').evaluateAll((list) => list.filter((one) => one.textContent.includes('\n')).length)
      assert.equal(ends, 0, 'what is marked ends with its words')
      const line = await compared.locator('del').first().evaluate((one) => getComputedStyle(one).textDecorationLine)
      assert.equal(line, 'line-through', 'by more than colour')
      await look(page, 'versions compared')
      await picture(page, 'compared', { part: '.pendeen-comparison' })
      await page.getByLabel('Compare', { exact: true }).selectOption({ label: 'Version 1' })
      await page.getByRole('button', { name: 'Compare' }).click()
      await page.getByText('The two say the same.').waitFor()
    })
  })

  await test('what is wrong comes back with all that was typed; of two at once both are kept', async () => {
    await withErrors(server, REPRESENTATIVE, async (page) => {
      const other = await page.context().newPage()
      await page.goto(where.replace('submissions', 'inbox'))
      await other.goto(where.replace('submissions', 'inbox'))
      await page.getByLabel('Note, if you hold or return it').fill('I ask first.')
      await page.getByLabel('Ask whoever sent it').fill('Who else saw it?')
      await page.locator('input[name^=keep-]').first().uncheck()
      await page.getByRole('button', { name: 'Hold', exact: true }).click()
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
      assert.equal(await page.getByLabel('Note, if you hold or return it').inputValue(), 'I ask first.')
      assert.equal(await page.getByLabel('Ask whoever sent it').inputValue(), 'Who else saw it?')
      assert.equal(await page.locator('input[name^=keep-]').first().isChecked(), false)
      await look(page, 'a form that comes back')
      await page.getByRole('button', { name: 'Ask', exact: true }).click()
      await page.getByText('No answer yet.').waitFor()
      await page.getByLabel('What the Forum reads').fill('I am her mum. Mr Pascoe told me.')
      await page.getByRole('button', { name: 'Share with the Forum' }).click()
      await page.getByRole('link', { name: 'Look at what may tell who said so. Take it out, or say that none of it does.' }).waitFor()
      await page.getByText('“mum”: A role that few people have').waitFor()
      assert.equal(await page.getByLabel('What the Forum reads').inputValue(), 'I am her mum. Mr Pascoe told me.')
      assert.equal(await page.getByLabel('I have looked: none of this says who told').isChecked(), false)
      await look(page, 'what may tell who said so')
      await page.getByLabel('What the Forum reads').fill('Theirs: a blue moped.')
      await page.getByRole('button', { name: 'Keep this version' }).click()
      await page.getByRole('heading', { name: /Version 2/ }).waitFor()
      await other.getByLabel('What the Forum reads').fill('Mine: a blue moped.')
      await other.getByRole('button', { name: 'Share with the Forum' }).click()
      await other.getByText('Both are kept').waitFor()
      await other.getByRole('heading', { name: /Version 3/ }).waitFor()
      assert.match(await other.locator('.pendeen-compared').innerText(), /Theirs:.*Mine:/s)
      assert.equal(await other.getByLabel('What the Forum reads').inputValue(), 'Mine: a blue moped.')
    })
    await withErrors(server, TEACHER, async (page) => {
      await page.goto(where)
      await page.getByLabel('Your answer').fill(' ')
      await page.getByRole('button', { name: 'Answer' }).click()
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
      const long = 'Nobody else. '.repeat(200)
      await page.getByLabel('Your answer').fill(long)
      await page.getByRole('button', { name: 'Answer' }).click()
      await page.getByText('at most 2000 characters').first().waitFor()
      assert.equal(await page.getByLabel('Your answer').inputValue(), long, 'no word is lost')
      await look(page, 'an answer that is too long')
      await page.getByLabel('Your answer').fill('Nobody else.')
      await page.getByRole('button', { name: 'Answer' }).click()
      await page.getByText('You answered: Nobody else.').waitFor()
    })
  })

  await test('to the referral unit instead: each question is answered first', async () => {
    await withErrors(server, REPRESENTATIVE, async (page) => {
      await page.goto(where.replace('submissions', 'inbox') + '/maru')
      await look(page, 'to the referral unit')
      await page.getByLabel('Why is it necessary?').fill('Nobody else can look.')
      await tabTo(page, page.getByRole('button', { name: /^Send to the/ }))
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
      assert.equal(await page.locator('.govuk-error-summary li').count(), 5, 'four answers, and what may tell')
      assert.equal(await page.getByLabel('Why is it necessary?').inputValue(), 'Nobody else can look.')
      await page.getByRole('link', { name: /^the .* \(opens in a new tab\)$/ }).waitFor()
      await look(page, 'the legal prompt that comes back')
      await page.getByLabel('I have looked: none of this says who told').check()
      await page.getByLabel('What do you give').fill('What was seen.')
      await page.getByRole('radio').first().check()
      await page.getByLabel('Why do they need it?').fill('A child may be at risk.')
      await page.getByLabel('Why is it proportionate').fill('It names nobody.')
      await page.getByRole('button', { name: /^Send to the/ }).click()
      await page.getByText('They have not answered yet.').waitFor()
      await page.goto('/inbox')
      await page.locator('tr', { hasText: reference }).getByText('Not answered yet').waitFor()
      await look(page, 'the inbox')
      await picture(page, 'inbox', { height: 900 })
    })
    await as(server, TEACHER, async (page) => {
      await page.goto(where)
      await page.getByText('Sent to the people who act').waitFor()
      assert.doesNotMatch(await page.locator('main').innerText(), /referral unit|MARU|at risk/, 'in safe words')
    })
    await as(server, OFFICER, async (page) => {
      await page.goto('/desk')
      await page.getByRole('link', { name: reference }).click()
      await page.getByText('A child may be at risk.').waitFor()
      assert.doesNotMatch(await page.locator('main').innerText(), /caretaker|Morwenna/)
      await look(page, 'what was sent')
      await picture(page, 'sent', { height: 1100 })
      const waits = page.url()
      await page.getByRole('button', { name: 'Make a referral of it' }).click()
      await page.waitForURL(/\/referrals\/\d+$/)
      const referral = page.url()
      await page.goto(waits)
      await page.getByRole('link', { name: 'Go on with the referral' }).waitFor()
      await look(page, 'a referral was begun of what was sent')
      await page.goto(referral + '/check')
      await page.getByRole('button', { name: 'Send to the MARU' }).click()
      await page.getByRole('heading', { name: 'Referral sent' }).waitFor()
      await page.goto(waits)
      await page.getByText('A referral was made of it').first().waitFor()
    })
    await as(server, REPRESENTATIVE, async (page) => {
      await page.goto(where.replace('submissions', 'inbox'))
      await page.getByText('A referral was made of it').first().waitFor()
    })
  })
}
