// Who may see what, as people meet it: conditions, grants, blocks, asking to connect,
// and opening a record in an emergency.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { checkAccessibility, look, mainText, visit } from './support.mjs'

// Shares one thing; answers its reference.
async function share (server, email, narrative, handling) {
  const visitor = await visit(server, { javaScriptEnabled: false })
  await visitor.signIn(email)
  await visitor.page.goto('/share')
  await visitor.page.getByLabel('What did you see or hear?').fill(narrative)
  if (handling) await visitor.page.getByLabel(handling, { exact: true }).check()
  await visitor.page.getByRole('button', { name: 'Continue' }).click()
  await visitor.page.getByRole('button', { name: 'Send' }).click()
  await visitor.page.getByRole('heading', { name: 'Thank you' }).waitFor()
  const reference = (await mainText(visitor.page)).match(/PEN-\w{4}-\w{4}/)[0]
  await visitor.leave()
  return reference
}

async function openByList (page, reference) {
  await page.goto('/submissions?list=latest')
  await page.getByRole('link', { name: reference }).click()
  await page.getByRole('heading', { name: reference }).waitFor()
  return page.url()
}

export async function access (server) {
  let kept, kept_url

  await test('a condition keeps a record from the forum', async () => {
    kept = await share(server, 'practitioner@example.org',
      'A girl was picked up twice by a man called Tegenbrook, phone 07700 900417.', 'Ask us before sharing')
    const owner = await visit(server)
    await owner.signIn('representative@example.org')
    kept_url = await openByList(owner.page, kept)
    await checkAccessibility(owner.page, 'a restricted submission')
    assert.match(await mainText(owner.page), /Ask us before sharing/)
    await owner.leave()
    const analyst = await visit(server)
    await analyst.signIn('analyst@example.org')
    assert.equal((await analyst.page.goto(kept_url)).status(), 404)
    await analyst.page.goto('/search?q=Tegenbrook')
    assert.doesNotMatch(await mainText(analyst.page), /Tegenbrook,|PEN-/)
    await analyst.leave()
  })

  await test('without JavaScript a record is opened for somebody, and kept from somebody', async () => {
    const owner = await visit(server, { javaScriptEnabled: false })
    await owner.signIn('safeguarding@example.org')
    const { page } = owner
    await openByList(page, kept)
    await page.getByRole('link', { name: 'Who may see this' }).click()
    await page.getByLabel('Email address of their account').fill('nobody@example.org')
    await page.getByLabel('Until which day').fill('1/1/2020')
    await page.getByLabel('Why? A few words').fill('To compare')
    await page.getByRole('button', { name: 'Open it to them' }).click()
    assert.match(await page.getByRole('alert').textContent(), /That day is past/)
    assert.equal(await page.getByLabel('Why? A few words').inputValue(), 'To compare')
    const soon = new Date(Date.now() + 864e5)
    await page.getByLabel('Until which day').fill(`${soon.getDate()}/${soon.getMonth() + 1}/${soon.getFullYear()}`)
    await page.getByLabel('Email address of their account').fill('one-forum@example.org')
    await page.getByRole('button', { name: 'Open it to them' }).click()
    await page.getByText('Tressa Nance', { exact: true }).waitFor()
    await page.getByLabel('Email address of the account to keep it from').fill('coordinator@example.org')
    await page.getByLabel('Why keep it from them? A few words').fill('A relative')
    await page.getByRole('button', { name: 'Keep it from them' }).click()
    await page.getByText('Denzel Rowe', { exact: true }).waitFor()
    await owner.leave()
    const looking = await visit(server)
    await looking.signIn('safeguarding@example.org')
    await looking.page.goto(kept_url + '/access')
    await look(looking.page, 'who may see this')
    await looking.leave()
    const given = await visit(server)
    await given.signIn('one-forum@example.org')
    assert.equal((await given.page.goto(kept_url)).status(), 200)
    await given.page.goto('/notices')
    assert.match(await mainText(given.page), new RegExp(kept))
    await given.leave()
  })

  await test('an analyst asks an unknown owner to connect', async () => {
    await share(server, 'one-forum@example.org', 'The number 07700 900417 rang a young person at night.')
    const asker = await visit(server)
    await asker.signIn('analyst@example.org')
    const { page } = asker
    await page.goto('/search?q=07700900417')
    await page.locator('main table a').first().click()
    await page.locator('a[href^="/submissions/"]').first().click()
    await page.getByText('Another organisation holds information').waitFor()
    await look(page, 'a submission with a hint')
    await page.getByRole('link', { name: 'Ask to connect' }).click()
    await look(page, 'asking to connect')
    await page.getByLabel('What would you like to know').fill('Whose number may this be?')
    await page.getByRole('button', { name: 'Ask' }).click()
    assert.match(await mainText(page), /nobody has answered yet/)
    assert.doesNotMatch(await mainText(page), new RegExp(kept))
    await asker.leave()
    const owner = await visit(server)
    await owner.signIn('representative@example.org')
    await owner.page.goto('/notices')
    await look(owner.page, 'a question on the notices')
    await owner.page.getByLabel('Why? They will read this').fill('It fits, and the child comes first.')
    await owner.page.getByRole('button', { name: /^Agree/ }).click()
    await owner.leave()
    const told = await visit(server)
    await told.signIn('analyst@example.org')
    await told.page.goto('/notices')
    await look(told.page, 'an answer on the notices')
    await told.page.getByRole('link', { name: kept }).first().click()
    await told.page.getByRole('heading', { name: kept }).waitFor()
    await told.leave()
  })

  await test('a record is opened in an emergency, and a second person is told', async () => {
    const officer = await visit(server)
    await officer.signIn('maru@example.org')
    assert.equal((await officer.page.goto(kept_url)).status(), 404)
    await officer.page.goto('/break-glass')
    await look(officer.page, 'opening in an emergency')
    await officer.page.getByLabel('Reference').fill('PEN-0000-0000')
    await officer.page.getByLabel('Why can it not wait?').fill('A child has not come home')
    await officer.page.getByRole('button', { name: 'Open it' }).click()
    assert.match(await officer.page.getByRole('alert').textContent(), /no record with this reference/)
    await look(officer.page, 'a wrong reference')
    await officer.page.getByLabel('Reference').fill(kept.toLowerCase())
    await officer.page.getByRole('button', { name: 'Open it' }).click()
    await officer.page.getByRole('heading', { name: kept }).waitFor()
    await officer.leave()
    const lead = await visit(server)
    await lead.signIn('safeguarding@example.org')
    await lead.page.goto('/notices')
    assert.match(await mainText(lead.page), /Lowenna Kitto.*A child has not come home/s)
    await look(lead.page, 'a notice of an emergency')
    await lead.page.getByRole('button', { name: /^I have seen this/ }).click()
    assert.doesNotMatch(await mainText(lead.page), /Opened in an emergency/)
    await lead.leave()
  })

  await test('who handed it in is told with a reason', async () => {
    const lead = await visit(server)
    await lead.signIn('safeguarding@example.org')
    await lead.page.goto(kept_url)
    await lead.page.getByText('Who handed this in').click()
    await lead.page.getByLabel('Why do you need to know?').fill('To ring back')
    await lead.page.getByRole('button', { name: 'Show me' }).click()
    assert.match(await mainText(lead.page), /Morwenna Tamsin/)
    await look(lead.page, 'who handed it in')
    await lead.leave()
  })
}
