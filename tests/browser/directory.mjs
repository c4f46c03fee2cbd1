// The directory of support as somebody who is not signed in; cards to print; and the people
// who keep the numbers and take lists in.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkAccessibility, checkFits, loaded, NARROW, newFolder, picture, root, startServer, visit, WIDE } from './support.mjs'

const names = (page) => page.locator('.pendeen-support__name').allTextContents()

// Who is on the page under which accessible name, as a screen reader has it.
const named = (page, role, name) => page.getByRole(role, { name, exact: true })

async function directory (server) {
  await test('the directory is narrowed without JavaScript, on a phone', async () => {
    const visitor = await visit(server, { javaScriptEnabled: false, viewport: NARROW })
    const { page } = visitor
    await page.goto('/')
    await page.getByRole('link', { name: 'Find support' }).first().click()
    assert.equal((await names(page)).length, 15)
    assert.equal((await names(page))[0], 'Police, ambulance or fire')
    await page.getByLabel('Who is it for?').selectOption({ label: 'A child or young person' })
    await page.getByLabel('What do you need?').selectOption({ label: 'Somebody to talk to' })
    await page.getByLabel('How old is the child?').fill('14')
    await page.getByRole('button', { name: 'Show support' }).click()
    assert.deepEqual(await names(page), ['Childline', 'Missing People', 'Samaritans'])
    await named(page, 'heading', '3 sources of support').waitFor()
    assert.equal(await page.getByLabel('How old is the child?').inputValue(), '14')
    assert.equal(await named(page, 'link', 'Call Childline on 0800 1111').getAttribute('href'), 'tel:08001111')
    assert.equal(await named(page, 'link', 'reach Childline by dialling 18001 0800 1111').getAttribute('href'), 'tel:1800108001111')
    assert.equal(await named(page, 'link', 'send a text to Missing People on 116 000').getAttribute('href'), 'sms:116000')
    await page.getByText('Nobody has checked this number yet. It is not on the partnership’s own list').first().waitFor()
    await page.getByRole('link', { name: 'Show all' }).click()
    assert.equal((await names(page)).length, 15)
    await visitor.leave()
  })

  await test('by place and by hour; what is typed wrongly is said and stays', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await page.goto('/support')
    await page.getByLabel('Where?').selectOption({ label: 'the Isles of Scilly' })
    await page.getByLabel('What do you need?').selectOption({ label: 'I am worried about a child' })
    await page.getByLabel('When?').selectOption({ label: 'On Saturday' })
    await page.getByLabel('At what time?').fill('23:15')
    await page.getByRole('button', { name: 'Show support' }).click()
    assert.ok((await names(page)).includes('Out of Hours Service, Isles of Scilly'))
    assert.ok(!(await names(page)).includes("Children's Social Care, Isles of Scilly"))
    assert.ok(!(await names(page)).includes('Multi Agency Referral Unit (MARU)'))
    for (const [label, typed, says] of [['At what time?', 'late', 'Write a time like 17:30.'],
      ['How old is the child?', 'four', 'Write the age in whole years, like 14.']]) {
      await page.goto('/support')
      await page.getByLabel('When?').selectOption({ label: 'On Monday' })
      await page.getByLabel(label).fill(typed)
      await page.getByRole('button', { name: 'Show support' }).click()
      await page.getByRole('alert').getByText(says).waitFor()
      assert.equal(await page.getByLabel(label).inputValue(), typed)
      assert.ok((await names(page)).length > 10)
      await checkAccessibility(page, 'the directory with a problem')
    }
    await page.goto('/support?for=child&need=pass-on&place=scilly&age=119&open=now')
    assert.ok((await names(page)).length >= 1)
    const data = await (await page.request.get('/support/open-referral.json')).json()
    assert.equal(data.contents.length, 15)
    await visitor.leave()
  })

  await test('the way to a number, by keyboard alone', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await page.goto('/')
    // Of what can be followed or filled in: the main part, where the way past the menu leads, holds every word.
    const focus = () => page.evaluate(() => document.activeElement.matches('a, button, input, select')
      ? document.activeElement.textContent.replace(/\s+/g, ' ').trim() : '')
    const tabTo = async (words, most) => {
      for (let i = 0; i < most; i++) {
        await page.keyboard.press('Tab')
        if ((await focus()).includes(words)) return i + 1
      }
      assert.fail(`${words} is not reached by ${most} tabs; the last was ${await focus()}`)
    }
    await tabTo('Who to call', 10)
    await page.keyboard.press('Enter')
    await named(page, 'heading', 'Is a child in danger now?').waitFor()
    await loaded(page)
    await page.keyboard.press('Tab') // the way past the menu
    await page.keyboard.press('Enter')
    await page.waitForURL(/#main/) // the next tab goes on from there
    await tabTo('Call 999', 2)
    await tabTo('on 0', 4)
    assert.match(await page.evaluate(() => document.activeElement.href), /^tel:0/)
    await page.goto('/support')
    await page.getByLabel('Who is it for?').focus()
    await page.keyboard.type('A parent')
    await tabTo('Show support', 8)
    await page.keyboard.press('Enter')
    await page.waitForURL(/for=parent/)
    assert.ok((await names(page)).includes('Ivison Trust'))
    await visitor.leave()
  })

  await test('a card and a poster to print, in black and white', async () => {
    const visitor = await visit(server, { javaScriptEnabled: false })
    const { page } = visitor
    for (const place of ['cornwall', 'scilly']) {
      await page.goto(`/help-now/${place}`)
      await page.getByRole('link', { name: 'a card to print' }).click()
      await page.getByRole('img', { name: /^QR code that opens this page: who to call in / }).first().waitFor()
      await loaded(page)
      assert.equal(await page.locator('.pendeen-card:visible').count(), 1)
      await page.emulateMedia({ media: 'print' })
      assert.equal(await page.locator('.pendeen-card:visible').count(), 4)
      for (const part of ['header', 'footer', '.pendeen-help', 'h1']) assert.equal(await page.locator(part).first().isVisible(), false)
      // Nothing hangs out of a card, in the widest letters that are about, too; and nothing
      // needs a colour.
      for (const letters of ['', '"DejaVu Sans", Verdana, sans-serif']) {
        const out = await page.locator('.pendeen-card__side').evaluateAll((sides, letters) => sides.map((side) => {
          side.style.fontFamily = letters
          return [side.scrollHeight - side.clientHeight, side.scrollWidth - side.clientWidth]
        }), letters)
        for (const [down, across] of out) assert.ok(down <= 1 && across <= 1, `${place}: ${down} and ${across} pixels out in ${letters || 'its own letters'}`)
      }
      const colours = await page.locator('.pendeen-sheet, .pendeen-sheet *').evaluateAll((all) => [...new Set(all.flatMap((each) => {
        const style = getComputedStyle(each)
        return [style.color, style.backgroundColor, style.fill]
      }))])
      for (const colour of colours) assert.match(colour, /^(rgb\(0, 0, 0\)|rgb\(255, 255, 255\)|rgba\(0, 0, 0, 0\)|none)$/)
      const size = await page.locator('.pendeen-card__side').first().boundingBox()
      assert.ok(Math.abs(size.width / size.height - 85.6 / 54) < 0.02)
      await page.emulateMedia({ media: 'screen' })
      await page.getByRole('link', { name: 'Make a poster instead' }).click()
      await page.getByText('Worried about a child in').first().waitFor()
      const number = place === 'cornwall' ? '0300 123 1116' : '01720 424354'
      await page.locator('.pendeen-poster').getByText(number).waitFor()
    }
    await visitor.leave()
  })
}

// Flesch-Kincaid grade and five years, as tests/unit/test_guidance.c measures the area pack.
function readingAge (text) {
  const sentences = Math.max(1, text.split(/[.?!:]+(?:\s|$)/).filter((part) => part.trim()).length)
  const words = text.match(/[A-Za-z']+/g)
  const parts = words.map((word) => Math.max(1, (word.toLowerCase().match(/[aeiouy]+/g) ?? []).length - (/[^aeiouyl]e$/i.test(word) ? 1 : 0)))
  return 0.39 * words.length / sentences + 11.8 * parts.reduce((a, b) => a + b, 0) / words.length - 15.59 + 5
}

async function words (server) {
  await test('public pages can be read at twelve', async () => {
    assert.ok(readingAge('The cat sat on the mat. It was fat. We fed it.') < 6)
    assert.ok(readingAge('Multi-agency professionals should proactively facilitate appropriate information dissemination.') > 18)
    const visitor = await visit(server)
    const { page } = visitor
    for (const path of ['/', '/help-now', '/help-now/cornwall', '/help-now/scilly/card', '/help-now/scilly/poster', '/support', '/support?for=child', '/guidance', '/guidance?q=phone', '/guidance?q=zzzzqq', '/sign-in', '/forgotten', '/no-such-page']) {
      await page.goto(path)
      // Sentences: names, numbers and addresses that stand alone are not read as such.
      const text = await page.locator('main p, main li:not(:has(p))').evaluateAll((list) => list.map((each) => each.innerText.replace(/\s+/g, ' ').trim())
        .filter((each) => /[a-z].*[.?!]$/.test(each) && !each.includes('://')).join(' '))
      if (!text) continue
      const age = readingAge(text)
      assert.ok(age <= 12, `${path} reads at ${age.toFixed(1)}: ${text}`)
    }
    await visitor.leave()
  })
}

async function keepers (server) {
  await test('a number is checked and changed, with reason, history and what the public sees', async () => {
    const keeper = await visit(server)
    const { page } = keeper
    await keeper.signIn('administrator@example.org')
    await page.goto('/contacts')
    await page.getByText('Another public source gives 01720 424483').waitFor()
    await picture(page, 'numbers')
    await page.getByRole('link', { name: "Children's Social Care, Isles of Scilly" }).click()
    await page.getByText('Two sources differ.').waitFor()
    // Everything is refused with what to do, and stays as it was typed.
    const tries = [
      { label: 'Number', exact: true, value: 'the council', says: 'Write the number in digits, like 01632 960 001.' },
      { label: 'Number for texts', value: 'x', says: 'Write the number for texts in digits, or leave it empty.' },
      { label: 'To dial by Relay UK', value: 'y', says: 'Write what to dial by Relay UK in digits, or leave it empty.' },
      { label: 'Why?', value: '', says: 'Write why. A few words are enough.' }
    ]
    for (const one of tries) {
      await page.goto('/contacts/scilly')
      await page.getByLabel('Number', { exact: true }).fill('01720 424483')
      await page.getByLabel('Why?').fill('The council’s page')
      await page.getByLabel(one.label, { exact: true }).fill(one.value)
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('alert').getByText(one.says).waitFor()
      assert.equal(await page.getByLabel(one.label, { exact: true }).inputValue(), one.value)
      await checkAccessibility(page, 'a number with a problem')
    }
    await page.getByLabel('Why?').fill('Rang both; this one answers')
    await page.getByLabel('I dialled the number below').check()
    await page.getByLabel('On which day?').fill('2100-01-01')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').getByText('That day is still to come.').waitFor()
    await page.getByLabel('On which day?').fill('2025-01-15')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('It is saved, and shown to everybody from now on.').waitFor()
    await page.locator('.pendeen-history').getByText('Rang both; this one answers').waitFor()
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size)
      await checkFits(page, 'a number')
    }
    await checkAccessibility(page, 'a number')
    // Anybody sees the new number, and that it was checked too long ago.
    const anybody = await visit(server)
    await anybody.page.goto('/help-now/scilly')
    const call = anybody.page.locator('.pendeen-call', { has: anybody.page.getByText("Children's Social Care, Isles of Scilly", { exact: true }) })
    await call.locator('.pendeen-phone').getByText('01720 424483').waitFor()
    await call.getByText(/^Last checked on 15 January 2025 by .+: more than six months ago$/).waitFor()
    await anybody.page.goto('/support?place=scilly')
    await anybody.page.getByText('01720 424483').first().waitFor()
    await anybody.page.goto('/help-now/scilly/card')
    await anybody.page.getByText('01720 424483').first().waitFor()
    // Somebody who had the page open before does not write over it.
    const late = await visit(server)
    await late.signIn('administrator@example.org')
    await late.page.goto('/contacts/scilly')
    await page.goto('/contacts/scilly')
    await page.getByLabel('Why?').fill('It is right after all')
    await page.getByRole('button', { name: 'Back to what the area pack says' }).click()
    await page.getByText('It is saved, and shown to everybody from now on.').waitFor()
    await late.page.getByLabel('Number', { exact: true }).fill('01720 424400')
    await late.page.getByLabel('Why?').fill('x')
    await late.page.getByRole('button', { name: 'Save' }).click()
    await late.page.getByRole('alert').getByText('Somebody else changed this contact meanwhile.').waitFor()
    assert.equal(await late.page.getByLabel('Number', { exact: true }).inputValue(), '01720 424400')
    await anybody.page.goto('/help-now/scilly')
    await anybody.page.getByText('01720 424354').first().waitFor()
    await late.leave()
    await anybody.leave()
    await keeper.leave()
    const auditor = await visit(server)
    await auditor.signIn('auditor@example.org')
    await auditor.page.goto('/audit')
    await auditor.page.getByText('contact changed').first().waitFor()
    assert.equal(await auditor.page.getByText('Rang both').count(), 0)
    await auditor.leave()
  })

  await test('a list from elsewhere is looked at, and then taken', async () => {
    const keeper = await visit(server)
    const { page } = keeper
    await keeper.signIn('administrator@example.org')
    await page.goto('/take-in-support')
    await page.getByRole('button', { name: 'Look at it' }).click()
    await page.getByRole('alert').getByText('Choose a file first.').waitFor()
    const send = async (name, buffer) => {
      await page.getByLabel('File').setInputFiles({ name, mimeType: 'application/json', buffer })
      await page.getByRole('button', { name: 'Look at it' }).click()
    }
    await send('cut.json', Buffer.from('{"contents": ['))
    await page.getByRole('alert').getByText(/The file is no JSON: line 1/).waitFor()
    await send('harbour.json', readFileSync(join(root, 'tests/fuzz/corpus/open_referral/odd')))
    await named(page, 'heading', 'What is not right').waitFor()
    await page.getByText('contents[3].phones[1].number').waitFor()
    await page.getByText('Harbour Youth Café').waitFor()
    await checkAccessibility(page, 'a staged list')
    await page.setViewportSize(NARROW)
    await checkFits(page, 'a staged list')
    await checkAccessibility(page, 'a staged list, narrow')
    await page.setViewportSize(WIDE)
    await picture(page, 'take-in-support', { height: 1000 })
    const anybody = await visit(server)
    await anybody.page.goto('/support')
    assert.ok(!(await names(anybody.page)).includes('Harbour Youth Café'))
    await page.getByRole('button', { name: 'Take it in' }).click()
    await page.getByText('1 taken in. They stand in the directory now.').waitFor()
    await anybody.page.goto('/support?for=child&age=15&need=talk')
    assert.ok((await names(anybody.page)).includes('Harbour Youth Café'))
    await checkAccessibility(anybody.page, 'the directory with more in it')
    await anybody.leave()
    await keeper.leave()
  })
}

export async function directories () {
  const server = await startServer(newFolder(), ['demo', '--reports', '2'])
  try {
    await directory(server)
    await words(server)
    await keepers(server)
    const visitor = await visit(server)
    await visitor.page.goto('/support')
    await picture(visitor.page, 'find-support', { height: 1000 })
    await visitor.page.goto('/help-now/cornwall/poster')
    await picture(visitor.page, 'poster', { part: '.pendeen-poster' })
    await visitor.leave()
  } finally {
    assert.equal(await server.stop(), 0)
  }
}
