// Children who go missing: a report without JavaScript, the return and the clock, a fourth
// episode that is put to people, a return interview whose answer meets what another forum
// knows, a file of episodes, the picture.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { look, mainText, picture, visit } from './support.mjs'

const OFFICER = 'maru@example.org'
const PLATE = 'WK57 PZQ'

// "12/3/2026", so many days ago.
function day (ago) {
  const date = new Date(Date.now() - ago * 86400e3)
  return `${date.getDate()}/${date.getMonth() + 1}/${date.getFullYear()}`
}

async function report (page, child, ago, time) {
  await page.goto(`${child}/missing/new`)
  await page.getByLabel('Missing: nobody can say where the child is', { exact: true }).check()
  await page.getByLabel('Missing since which day?', { exact: true }).fill(day(ago))
  await page.getByLabel('Since what time?', { exact: true }).fill(time)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The report is written down.').waitFor()
}

async function comeBack (page, ago, time) {
  await page.getByRole('link', { name: 'Write down the return' }).click()
  await page.getByLabel('Back since which day?', { exact: true }).fill(day(ago))
  await page.getByLabel('At what time?', { exact: true }).fill(time)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The return is written down.').waitFor()
}

export async function missing (server) {
  let child
  let episode

  await test('a missing child is reported without JavaScript, and wrong input is kept', async () => {
    const officer = await visit(server, { javaScriptEnabled: false })
    await officer.signIn(OFFICER)
    const { page } = officer
    await page.goto('/children/new')
    await page.getByLabel('Name', { exact: true }).fill('Jenna Polwhele')
    await page.getByLabel('Date of birth, or due date', { exact: true }).fill('9 9 2012')
    await page.getByRole('button', { name: 'Add the record' }).click()
    await page.getByRole('heading', { name: 'Jenna Polwhele', level: 1 }).waitFor()
    child = new URL(page.url()).pathname
    await page.getByRole('link', { name: 'Missing', exact: true }).last().click()
    await page.getByRole('button', { name: 'Report that the child is missing' }).click()
    await page.getByLabel('What happened before?', { exact: true }).fill('Went to the shop and did not come back.')
    await page.getByRole('button', { name: 'Save' }).click()
    assert.match(await mainText(page), /Say what it is/)
    assert.equal(await page.getByLabel('What happened before?', { exact: true }).inputValue(), 'Went to the shop and did not come back.')
    await page.getByLabel('Missing: nobody can say where the child is', { exact: true }).check()
    await page.getByLabel('Missing since which day?', { exact: true }).fill(day(70))
    await page.getByLabel('Since what time?', { exact: true }).fill('16:50')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Not back yet').first().waitFor()
    const one = page.url()
    for (const place of ['', '/signs', '/chronology']) {
      await page.goto(child + place)
      assert.match(await mainText(page), /Missing now[\s\S]*Missing since .* 16:50/)
    }
    await page.goto(one)
    await comeBack(page, 69, '8am')
    await page.goto(child)
    assert.doesNotMatch(await mainText(page), /Missing now/)
    await page.goto(one)
    assert.match(await mainText(page), /over|late/)
    await officer.leave()
  })

  await test('the fourth episode is put to people, who accept or dismiss it with a reason', async () => {
    const officer = await visit(server)
    await officer.signIn(OFFICER)
    const { page } = officer
    for (const ago of [50, 30, 10]) {
      await report(page, child, ago, '20:00')
      await comeBack(page, ago - 1, '7:30')
    }
    episode = new URL(page.url()).pathname
    await page.goto(`${child}/missing`)
    assert.match(await mainText(page), /Jenna Polwhele: the 4th episode within 90 days/)
    await look(page, 'the episodes of a child')
    await picture(page, 'missing', { height: 900 })
    assert.equal(await page.locator('.pendeen-room--wide .pendeen-missing--calendar a').count() >= 4, true)
    // Each bar leads by keyboard to its row of the table.
    const bar = page.locator('.pendeen-room--wide .pendeen-missing--calendar a').first()
    await bar.focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/#episode-\d+$/)
    await page.getByRole('button', { name: /^Dismiss/ }).first().click()
    assert.match(await mainText(page), /A few words are enough/)
    await page.goto('/missing')
    await look(page, 'children who go missing')
    await picture(page, 'missing-overview', { height: 900 })
    const fact = page.locator('section', { hasText: 'Jenna Polwhele: the 4th episode' })
    await fact.getByLabel('What is done about it, or why it is nothing', { exact: true }).fill('A strategy meeting is called.')
    await fact.getByRole('button', { name: /^Accept/ }).click()
    await page.getByText('What you said is kept').waitFor()
    await page.goto(`${child}/missing`)
    assert.equal(await page.getByRole('heading', { name: 'To look at' }).count(), 0)
    await officer.leave()
  })

  await test('an answer of the interview is passed on as the child wishes, and meets another forum’s car', async () => {
    // Somebody at another place has seen the car.
    const teacher = await visit(server)
    await teacher.signIn('representative@example.org')
    await teacher.page.goto('/share')
    await teacher.page.getByLabel('What did you see or hear?', { exact: true }).fill(`A silver car, ${PLATE}, waits at the gate on Fridays.`)
    await teacher.page.getByRole('button', { name: 'Continue' }).click()
    await teacher.page.getByRole('button', { name: 'Send', exact: true }).click()
    await teacher.page.getByRole('heading', { name: 'Thank you' }).waitFor()
    await teacher.leave()

    const officer = await visit(server)
    await officer.signIn(OFFICER)
    const { page } = officer
    await page.goto(episode)
    assert.match(await mainText(page), /Not answered: Who reported it\?; What happened before\?/)
    // What is held was offered before: without an offer the interview asks for it, and keeps what was typed.
    await page.getByRole('link', { name: 'Write down the interview' }).click()
    await page.getByLabel('On which day?', { exact: true }).fill(day(8))
    await page.getByLabel('Were other children there?', { exact: true }).fill('Two, I think.')
    await page.getByRole('button', { name: 'Save' }).click()
    assert.match(await mainText(page), /no offer is written down[\s\S]*Before: the offer/)
    assert.equal(await page.getByLabel('Were other children there?', { exact: true }).inputValue(), 'Two, I think.')
    await look(page, 'an interview that asks for its offer')
    await page.goto(episode)
    await page.getByRole('link', { name: 'Write down the offer' }).click()
    await page.getByLabel('Offered on which day?', { exact: true }).fill(day(9))
    await page.getByLabel('Yes', { exact: true }).check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: 'Write down the interview' }).click()
    await look(page, 'the return interview')
    await page.getByLabel('On which day?', { exact: true }).fill(day(8))
    await page.getByLabel('At what time?', { exact: true }).fill('15:00')
    await page.getByLabel('Who talked with the child?', { exact: true }).fill('A youth worker')
    await page.getByRole('group', { name: 'Is this person independent of the child’s care?' }).getByLabel('No', { exact: true }).check()
    await page.getByLabel('How did you get there, and back?', { exact: true }).fill(`In the silver car, ${PLATE}, and I did not like it.`)
    await page.getByRole('button', { name: 'Save' }).click()
    assert.match(await mainText(page), /Say why somebody who cares for the child held it/)
    await page.getByRole('group', { name: 'Is this person independent of the child’s care?' }).getByLabel('Yes', { exact: true }).check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The interview is written down.').waitFor()
    // Nothing is passed on before the child was asked.
    assert.match(await mainText(page), /Ask the child first/)
    assert.equal(await page.getByRole('button', { name: /^Pass it on/ }).count(), 0)
    await page.getByRole('link', { name: 'Change the interview' }).click()
    await page.getByLabel('The facts may be passed on, not my words', { exact: true }).check()
    await page.getByRole('button', { name: 'Save' }).click()
    await look(page, 'an episode')
    await picture(page, 'missing-episode', { from: '#interview', height: 1300 })
    await page.getByRole('button', { name: /^Pass it on/ }).click()
    await page.getByText('It was passed on').waitFor()
    await page.getByRole('link', { name: /^See it/ }).click()
    const shared = await mainText(page)
    assert.match(shared, /WK57 ?PZQ/)
    assert.doesNotMatch(shared, /did not like it|Polwhele/)
    await officer.leave()

    const analyst = await visit(server)
    await analyst.signIn('analyst@example.org')
    await analyst.page.goto('/search?q=' + encodeURIComponent(PLATE))
    assert.match(await mainText(analyst.page), /WK57 PZQ, silver\s*Registration: exact\s*2/)
    await analyst.leave()
  })

  await test('a file of episodes is tried, and taken in when somebody says so', async () => {
    const officer = await visit(server)
    await officer.signIn(OFFICER)
    const { page } = officer
    await page.goto('/missing/import')
    const file = ['Name,DOB,Date missing,Date found,Risk',
      `Jenna Polwhele,9/9/2012,${day(200)} 20:00,${day(199)} 06:00,Medium`,
      `Nobody Here,9/9/2012,${day(200)} 20:00,,`].join('\n')
    await page.setInputFiles('#file', { name: 'episodes.csv', mimeType: 'text/csv', buffer: Buffer.from(file) })
    await page.getByRole('button', { name: 'Look at it' }).click()
    assert.match(await mainText(page), /There is no child’s record with that name/)
    await look(page, 'a file of episodes')
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    assert.match(await mainText(page), /1 episode was taken in/)
    await page.goto(`${child}/missing`)
    assert.match(await mainText(page), /5 episodes since/)
    await officer.leave()
  })
}
