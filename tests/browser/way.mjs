// The whole way with five people of three organisations: shared, questioned, sanitised, graded,
// linked, on the agenda, decided, acted on, fed back; and at each step who sees the submission,
// and how: its own words, the sanitised ones, or nothing, as if there were none.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { checkAccessibility, mainText, NARROW, newFolder, run, startServer, tabTo, visit, WIDE } from './support.mjs'

const TEACHER = 'tamsin@example.org'
const LEAD = 'morwenna@example.org'
const ANALYST = 'senara@example.org'
const SECOND = 'piran@example.org'
const CHAIR = 'lowen@example.org'
const PEOPLE = [
  [TEACHER, 'Tamsin Hale', 'Porth Academy', 'education', 'practitioner'],
  [LEAD, 'Morwenna Pell', 'Porth Academy', 'education', 'representative'],
  [ANALYST, 'Senara Bolitho', 'Analysis team', 'police', 'analyst'],
  [SECOND, 'Piran Rowe', 'Analysis team', 'police', 'analyst'],
  [CHAIR, 'Lowen Tyack', 'Children’s Services', 'social-care', 'coordinator']
]
const EARLIER = 'A silver Ford, WK07 HJB, stood by the bus station at midnight.'
const WRITTEN = 'As form tutor of 9B I noticed that Elowen gets lifts in a silver Ford, WK07 HJB, from the slipway.'
const ASKED = 'On which days?'
const ANSWERED = 'On Thursdays, after choir.'
const SANITISED = 'A girl gets lifts in a silver Ford, WK07 HJB, from the slipway on Thursdays.'

export async function way () {
  const server = { folder: newFolder() }
  const visitors = new Map()
  let reference, path, vehicle, meeting, item, action

  const page = (who) => visitors.get(who).page
  const main = (who) => mainText(page(who), true)
  const press = (who, name) => page(who).getByRole('button', { name, exact: true }).click()
  const go = async (who, where) => (await page(who).goto(where)).status()

  // Who sees the submission now: 'original', 'sanitised', or nothing at all, which looks like
  // a number that was never given.
  async function seen (expected) {
    const missing = new Map()
    for (const [email] of PEOPLE) {
      const status = await go(email, path)
      const said = await main(email)
      await page(email).goto('/submissions/999999')
      missing.set(email, await main(email))
      const how = status === 404 ? 'nothing' : said.includes('form tutor') ? 'original' : 'sanitised'
      assert.equal(how, expected[email] ?? 'nothing', email)
      if (how === 'nothing') assert.equal(said, missing.get(email), `${email}: denied is like missing`)
      if (how === 'sanitised') assert.doesNotMatch(said, /9B|Elowen|choir|Tamsin|Porth Academy/, email)
      await page(email).goto('/submissions?list=latest')
      assert.equal((await main(email)).includes(reference), how !== 'nothing', `${email}: the list`)
    }
  }

  const FORUM = { [TEACHER]: 'original', [LEAD]: 'original', [ANALYST]: 'sanitised', [SECOND]: 'sanitised', [CHAIR]: 'sanitised' }

  // What a page is to each: its status, and words that must not be there for who may open it.
  async function shut (path, who, hidden) {
    for (const email of who) {
      const status = await go(email, path)
      if (status === 200 && hidden) assert.doesNotMatch(await main(email), hidden, `${email}: ${path}`)
      else assert.equal(status, 404, `${email}: ${path}`)
    }
  }

  async function share (who, words) {
    await go(who, '/share')
    await page(who).getByLabel('What did you see or hear?').fill(words)
    await press(who, 'Continue')
    await press(who, 'Send')
    return (await page(who).locator('.govuk-panel__body strong').textContent()).trim()
  }

  await test('five people of three organisations sign in', async () => {
    for (const [email, name, organisation, sector, role] of PEOPLE)
      run(server.folder, ['user', 'add', '--email', email, '--name', name, '--organisation', organisation,
        '--sector', sector, '--forum', 'mid', '--role', role], 'three words for trying\n')
    Object.assign(server, await startServer(server.folder, ['demo', '--reports', '1']))
    for (const [email] of PEOPLE) {
      const visitor = await visit(server)
      await visitor.signIn(email)
      visitors.set(email, visitor)
    }
  })

  await test('shared: only who wrote it and their representative see it', async () => {
    await share(SECOND, EARLIER)
    reference = await share(TEACHER, WRITTEN)
    await go(TEACHER, '/submissions')
    await page(TEACHER).getByRole('link', { name: reference }).click()
    path = new URL(page(TEACHER).url()).pathname
    await seen({ [TEACHER]: 'original', [LEAD]: 'original' })
  })

  await test('questioned: the answer goes to the representative alone', async () => {
    await go(LEAD, '/inbox')
    await page(LEAD).getByRole('link', { name: reference }).click()
    await page(LEAD).getByLabel('Ask whoever sent it').fill(ASKED)
    await press(LEAD, 'Ask')
    await go(TEACHER, path)
    assert.match(await main(TEACHER), /On which days\?/)
    await page(TEACHER).getByLabel('Your answer').fill(ANSWERED)
    await press(TEACHER, 'Answer')
    await go(LEAD, path.replace('submissions', 'inbox'))
    assert.match(await main(LEAD), /On Thursdays, after choir/)
    for (const who of [ANALYST, SECOND, CHAIR])
      assert.equal(await go(who, path.replace('submissions', 'inbox')), 404)
    await seen({ [TEACHER]: 'original', [LEAD]: 'original' })
  })

  await test('sanitised: the Forum reads other words, and not who told', async () => {
    await go(LEAD, path.replace('submissions', 'inbox'))
    const marks = (await page(LEAD).locator('mark').allTextContents()).join('|')
    assert.match(marks, /tutor/)
    // By keyboard alone, on a phone.
    await page(LEAD).setViewportSize(NARROW)
    await tabTo(page(LEAD), page(LEAD).getByLabel('What the Forum reads'))
    await page(LEAD).keyboard.press('Control+A')
    await page(LEAD).keyboard.type(SANITISED)
    await tabTo(page(LEAD), page(LEAD).getByRole('button', { name: 'Keep this version', exact: true }))
    await page(LEAD).keyboard.press('Enter')
    await page(LEAD).getByRole('heading', { name: 'What was changed' }).waitFor()
    // What may tell in the words that were kept.
    await tabTo(page(LEAD), page(LEAD).getByLabel('I have looked: none of this says who told'))
    await page(LEAD).keyboard.press('Space')
    const names = page(LEAD).getByLabel(/Elowen/)
    if (await names.count()) {
      await tabTo(page(LEAD), names.first())
      await page(LEAD).keyboard.press('Space')
    }
    await tabTo(page(LEAD), page(LEAD).getByRole('button', { name: 'Share with the Forum', exact: true }))
    await page(LEAD).keyboard.press('Enter')
    await page(LEAD).getByText('Shared with the Forum').first().waitFor()
    await page(LEAD).setViewportSize(WIDE)
    await seen(FORUM)
    await shut(path.replace('submissions', 'inbox'), [TEACHER, ANALYST, SECOND, CHAIR])
    await go(TEACHER, path)
    assert.match(await main(TEACHER), /Shared with the Forum/)
    assert.doesNotMatch(await main(TEACHER), /What the Forum reads/)
  })

  await test('graded: suspected to be false takes a second person, and no one grades their own', async () => {
    await go(ANALYST, path)
    await page(ANALYST).getByRole('link', { name: /[Gg]rade/ }).first().click()
    const grading = new URL(page(ANALYST).url()).pathname
    await page(ANALYST).getByLabel(/Untested/).check()
    await page(ANALYST).getByLabel(/Suspected to be false/).check()
    await page(ANALYST).getByLabel('Why', { exact: true }).fill('The times do not fit the buses.')
    await press(ANALYST, 'Grade')
    assert.match(await main(ANALYST), /second person/)
    await go(SECOND, grading)
    await page(SECOND).getByLabel(/You are asked as the second person/).fill('The timetable changed: they do fit.')
    await page(SECOND).getByRole('button', { name: /^(Decline|Disagree|Do not agree)/ }).click()
    await go(ANALYST, grading)
    await page(ANALYST).getByLabel(/Untested/).check()
    await page(ANALYST).getByLabel(/Known directly/).check()
    await page(ANALYST).getByLabel('Why', { exact: true }).fill('Seen, not told.')
    await press(ANALYST, 'Grade')
    assert.match(await main(ANALYST), /source:2 information:A handling:P stands/)
    await shut(grading, [TEACHER, LEAD, CHAIR])
    await shut(path, [TEACHER, LEAD], /Known directly|source:2|timetable/)
    await seen(FORUM)
  })

  await test('linked: two who never met wrote of one vehicle', async () => {
    await go(ANALYST, '/entities?kind=vehicle')
    await page(ANALYST).getByRole('link', { name: /WK07\s?HJB/ }).first().click()
    vehicle = new URL(page(ANALYST).url()).pathname
    const said = await main(ANALYST)
    assert.match(said, /Independent origins\s+2/)
    assert.ok(said.includes(reference))
    await shut(vehicle, [TEACHER, LEAD])
    await go(ANALYST, path)
    await page(ANALYST).locator('main a[href^="/pairs/"]').first().click()
    assert.match(await main(ANALYST), /bus station/)
    assert.match(await main(ANALYST), /slipway/)
    await page(ANALYST).getByLabel('Why? A few words').fill('One registration, one colour')
    await press(ANALYST, 'Same')
    await go(TEACHER, path)
    assert.match(await main(TEACHER), /Linked with other information/)
    await shut(path, [TEACHER, LEAD], /bus station|midnight|Independent origins/)
    await shut('/search?q=WK07HJB', [TEACHER, LEAD])
    await seen(FORUM)
  })

  await test('on the agenda: the next meeting brings it up by itself', async () => {
    await go(CHAIR, '/meetings')
    await press(CHAIR, 'Plan it for Mid Forum')
    meeting = new URL(page(CHAIR).url()).pathname
    await page(CHAIR).getByRole('link', { name: 'Bring the agenda up to date' }).click()
    await press(CHAIR, 'Add what is new')
    assert.match(await main(CHAIR), /WK07\s?HJB/)
    await page(CHAIR).getByRole('link', { name: /WK07\s?HJB/ }).first().click()
    item = new URL(page(CHAIR).url()).pathname
    assert.equal(await go(ANALYST, item), 200)
    // A representative sits in the Forum: they open the meeting, and find no word of the item.
    await shut(item, [TEACHER, LEAD])
    await shut(meeting, [TEACHER])
    assert.equal(await go(LEAD, meeting), 200)
    await shut(meeting, [LEAD], /WK07|Ford/)
    await shut(meeting + '/pack', [LEAD], /WK07|Ford/)
    await seen(FORUM)
    await go(CHAIR, meeting + '/attendance')
    for (const name of ['Senara Bolitho', 'Piran Rowe', 'Lowen Tyack'])
      await page(CHAIR).getByRole('group', { name: new RegExp(name) }).getByLabel('Here').check()
    await page(CHAIR).getByRole('group', { name: /Lowen Tyack/ }).getByLabel('Chairs').check()
    await press(CHAIR, 'Save')
    await page(CHAIR).getByRole('link', { name: 'Begin the meeting' }).click()
    await press(CHAIR, 'Begin')
  })

  await test('decided and acted on: by whoever was asked, and signed off by another', async () => {
    await go(CHAIR, item + '/do/decision')
    await page(CHAIR).setViewportSize(NARROW)
    await tabTo(page(CHAIR), page(CHAIR).getByLabel('What is decided?'))
    await page(CHAIR).keyboard.type('The harbour master is asked to watch the slipway.')
    await tabTo(page(CHAIR), page(CHAIR).getByLabel('Why?'))
    await page(CHAIR).keyboard.type('Two who never met wrote of it.')
    await tabTo(page(CHAIR), page(CHAIR).getByRole('button', { name: 'Save the decision', exact: true }))
    await page(CHAIR).keyboard.press('Enter')
    await page(CHAIR).getByText('The harbour master is asked').first().waitFor()
    await page(CHAIR).setViewportSize(WIDE)
    await go(CHAIR, item + '/do/action')
    await page(CHAIR).getByLabel('What is to be done?').fill('Ring the harbour master')
    await page(CHAIR).getByLabel('Or somebody who is not in that list').fill(SECOND)
    await page(CHAIR).getByLabel('By when?').fill('31/12/2027')
    await page(CHAIR).getByLabel('What will show that it is done?').fill('A note of the call')
    await press(CHAIR, 'Save the action')
    await go(SECOND, '/actions')
    await page(SECOND).getByRole('link', { name: 'Ring the harbour master' }).click()
    action = new URL(page(SECOND).url()).pathname
    await shut(action, [TEACHER, LEAD, ANALYST])
    await shut('/actions', [TEACHER, LEAD, ANALYST], /harbour master/)
    await shut(meeting, [TEACHER, LEAD], /harbour master/)
    await go(SECOND, action + '/do/done')
    await page(SECOND).getByLabel('What was done, and what shows it?').fill('Rung; the note is kept.')
    await press(SECOND, 'Save')
    await go(CHAIR, action + '/do/sign-off')
    await page(CHAIR).getByLabel('Yes').check()
    await page(CHAIR).getByLabel('Your reasons').fill('I read the note.')
    await press(CHAIR, 'Save')
    await go(CHAIR, item + '/do/close')
    await page(CHAIR).getByLabel('Acted on').check()
    await page(CHAIR).getByLabel('The reason').fill('The lifts stopped.')
    await press(CHAIR, 'Ask to close')
    await go(TEACHER, path)
    assert.doesNotMatch(await main(TEACHER), /Led to action/)
    assert.notEqual(await go(LEAD, item + '/do/sign-off'), 200)
    await go(ANALYST, item + '/do/sign-off')
    await page(ANALYST).getByLabel('Yes').check()
    await page(ANALYST).getByLabel('Your reasons').fill('Agreed.')
    await press(ANALYST, 'Save')
  })

  await test('fed back: whoever told hears that it led to action, and nothing else', async () => {
    await go(TEACHER, path)
    assert.match(await main(TEACHER), /Led to action/)
    await shut(path, [TEACHER, LEAD], /harbour master|bus station|Piran|Lowen|Senara|lifts stopped/)
    await shut(item, [TEACHER, LEAD])
    await checkAccessibility(page(TEACHER), 'what came of it')
    await seen(FORUM)
  })

  for (const visitor of visitors.values()) await visitor.leave()
  assert.equal(await server.stop(), 0)
}
