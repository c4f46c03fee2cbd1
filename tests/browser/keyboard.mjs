// The whole way by keyboard alone: a referral from signing in to sent, at 375 pixels; the desk
// from the queue to the decision and the feedback, that the referrer reads.  Nothing is clicked
// and nothing is focused but by Tab; each stop is found by the name that a screen reader says,
// and shows that it has the focus.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { checkFits, loaded, NARROW, PASSWORD, visit, mainText } from './support.mjs'

const TABS = 250

// Tabs on to what has this role and name.
async function to (page, role, name, exact = true) {
  await loaded(page)
  const inside = page.locator('main').getByRole(role, { name, exact })
  const wanted = (await inside.count() ? inside : page.getByRole(role, { name, exact })).first()
  await wanted.waitFor({ timeout: 5000 })
  for (let i = 0; i < TABS; i++) {
    await page.keyboard.press('Tab')
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      await seen(page, name)
      return
    }
  }
  assert.fail(`${role} “${name}” is not reached by Tab on ${page.url()}`)
}

// What has the focus shows it, in the window.
async function seen (page, name) {
  const { shows, inside } = await page.evaluate(() => {
    const element = document.activeElement
    // A radio or a tick is drawn by its label.
    const drawn = [getComputedStyle(element), getComputedStyle(element.nextElementSibling ?? element, '::before')]
    const box = element.getBoundingClientRect()
    return { shows: drawn.some((style) => (style.outlineStyle !== 'none' && style.outlineWidth !== '0px') || style.boxShadow !== 'none'),
      inside: box.bottom > 0 && box.top < innerHeight }
  })
  assert.ok(shows && inside, `“${name}” has the focus and ${shows ? 'is out of the window' : 'does not show it'}`)
}

const press = (page, key) => page.keyboard.press(key)
// Enter, and the page that it leads to.
async function enter (page) {
  await Promise.all([page.waitForEvent('framenavigated'), press(page, 'Enter')])
  await loaded(page)
}
async function follow (page, name, exact) {
  await to(page, 'link', name, exact)
  await enter(page)
}
async function push (page, name) {
  await to(page, 'button', name)
  await enter(page)
}
async function write (page, name, words) {
  await to(page, 'textbox', name)
  await page.keyboard.type(words)
}

// The first of a group is a stop; the arrows go on to the others, and choose.
async function choose (page, group, name) {
  await loaded(page)
  const radios = page.getByRole('group', { name: group }).getByRole('radio')
  const names = await radios.evaluateAll((list) => list.map((radio) => radio.labels[0].textContent.trim()))
  const place = names.indexOf(name)
  assert.ok(place >= 0, `${name} is among ${names}`)
  const checked = await radios.evaluateAll((list) => list.findIndex((radio) => radio.checked))
  await to(page, 'radio', names[Math.max(checked, 0)])
  if (checked < 0) await press(page, 'Space')
  for (let i = Math.max(checked, 0); i < place; i++) await press(page, 'ArrowDown')
  for (let i = Math.max(checked, 0); i > place; i--) await press(page, 'ArrowUp')
  assert.ok(await radios.nth(place).isChecked(), name)
  await seen(page, name)
}

// The first stop of a page leads past the menu.
async function skip (page) {
  await loaded(page)
  await press(page, 'Tab')
  assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), 'Skip to main content')
  await press(page, 'Enter')
}

// On a small window the menu is folded: opened, and closed again.
async function openMenu (page) {
  await loaded(page)
  const menu = page.locator('.pendeen-menu summary')
  for (let i = 0; i < TABS && !await menu.evaluate((element) => element === document.activeElement); i++) await press(page, 'Tab')
  await seen(page, 'Menu')
  assert.match(await menu.textContent(), /^Menu/)
  await press(page, 'Enter')
  await page.getByRole('navigation').getByRole('link', { name: 'Guidance' }).waitFor()
  await press(page, 'Escape')
  await page.getByRole('navigation').getByRole('link', { name: 'Guidance' }).waitFor({ state: 'hidden' })
  await press(page, 'Enter')
}

// Links that are read out alike lead to one place, and every page says what it is.
async function named (page) {
  await loaded(page)
  const { unlike, headings, title } = await page.evaluate(() => {
    const places = new Map()
    for (const link of document.querySelectorAll('main a[href]')) {
      const name = (link.getAttribute('aria-label') ?? link.textContent).replace(/\s+/g, ' ').trim()
      places.set(name, (places.get(name) ?? new Set()).add(link.getAttribute('href').replace(/#.*/, '')))
    }
    return { unlike: [...places].filter(([name, hrefs]) => !name || hrefs.size > 1).map(([name, hrefs]) => `${name}: ${[...hrefs]}`),
      headings: document.querySelectorAll('main h1').length, title: document.title }
  })
  assert.deepEqual(unlike, [], page.url())
  assert.equal(headings, 1, page.url())
  assert.match(title, /.+ – Pendeen$/)
  await checkFits(page, page.url())
}

async function signIn (page, email) {
  await page.goto('/')
  await follow(page, 'Sign in')
  await write(page, 'Email address', email)
  await to(page, 'textbox', 'Password')
  await page.keyboard.type(PASSWORD)
  await press(page, 'Enter')
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
}

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor()

export async function keyboard (server) {
  let reference

  await test('by keyboard alone, on a small window, a child is referred', async () => {
    const teacher = await visit(server, { viewport: NARROW })
    const { page } = teacher
    await signIn(page, 'practitioner@example.org')
    await openMenu(page)
    await follow(page, 'Refer')
    await skip(page)
    await push(page, 'Refer a child to the MARU')
    await named(page)
    await choose(page, 'Where is the child?', 'In Cornwall')
    await push(page, 'Begin')
    await heading(page, 'Refer a child to the MARU')
    await named(page)
    // What is wrong is told first, and leads to the field.
    await follow(page, 'Is a child in danger now?')
    await choose(page, 'Is a child in immediate danger?', 'No')
    await push(page, 'Save and continue')
    await heading(page, 'Refer a child to the MARU')
    await follow(page, 'Children')
    await push(page, 'Add child')
    await heading(page, 'Who is the child?')
    await named(page)
    await write(page, 'Name', 'Lowen Sample')
    await write(page, 'Date of birth, or due date', '45 13 2012')
    await push(page, 'Save and continue')
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
    await to(page, 'link', /There is no such day/, false)
    await press(page, 'Enter')
    assert.equal(await page.evaluate(() => document.activeElement.id), 'child-birth')
    await press(page, 'ControlOrMeta+a')
    await page.keyboard.type('3 5 2012')
    await push(page, 'Save and go to the list')
    await follow(page, 'What worries you')
    await named(page)
    await write(page, 'What has happened, or may be happening?', 'A new phone rings in every lesson.')
    await push(page, 'Save and go to the list')
    await push(page, 'Check and send')
    await heading(page, 'Check and send')
    await named(page)
    assert.match(await mainText(page), /Lowen Sample.*A new phone rings in every lesson/s)
    await skip(page)
    await push(page, 'Send to the MARU')
    await heading(page, 'Referral sent')
    await named(page)
    reference = (await page.locator('.govuk-panel__body strong').textContent()).trim()
    await teacher.leave()
  })

  await test('by keyboard alone, from the queue of the desk to the decision and what the referrer reads', async () => {
    const officer = await visit(server)
    const { page } = officer
    await signIn(page, 'maru@example.org')
    await follow(page, 'MARU desk')
    await named(page)
    await skip(page)
    await follow(page, new RegExp(reference), false)
    await named(page)
    await follow(page, 'Take it on')
    await push(page, 'Take it on')
    await follow(page, 'Set the rating')
    await choose(page, 'How urgent is it?', 'Green')
    await write(page, 'Why?', 'The family asks for help.')
    await push(page, 'Set the rating')
    await follow(page, 'Decide')
    await named(page)
    await choose(page, 'What is decided?', 'Early help')
    await write(page, 'Rationale', 'Help is enough for now.')
    await push(page, 'Save the decision')
    await follow(page, 'Tell the referrer')
    await write(page, 'Anything more? You may leave this empty', 'A worker rings you on Tuesday.')
    await push(page, 'Send')
    await page.getByText('A worker rings you on Tuesday.').waitFor()
    await named(page)
    await officer.leave()

    const teacher = await visit(server, { viewport: NARROW })
    await teacher.signIn('practitioner@example.org')
    await teacher.page.goto('/')
    await follow(teacher.page, /Notices/, false)
    await skip(teacher.page)
    await follow(teacher.page, new RegExp(reference), false)
    await named(teacher.page)
    assert.match(await mainText(teacher.page), /A worker rings you on Tuesday/)
    await teacher.leave()
  })
}
