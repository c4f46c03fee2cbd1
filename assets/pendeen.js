// What makes pages better where JavaScript runs; without it they work as well.
import { initAll } from './govuk-frontend.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()

// make('p', { className: 'govuk-hint' }, 'words', child) -> an element
function make (name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children)
  return element
}

// --- the menu, which is folded on a narrow screen -----------------------------------

const menu = document.querySelector('.pendeen-menu')
if (menu) {
  // A style sheet that cannot open it on a wide screen does not hide its button either.
  if (!CSS.supports('selector(::details-content)')) menu.open = matchMedia('(min-width: 48.0625em)').matches
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open || menu.firstElementChild.clientHeight === 0) return
    menu.open = false
    menu.firstElementChild.focus()
  })
}

// --- tables: sort by a click on a heading, filter as one types --------------------

const FILTER_FROM = 8 // rows; fewer are seen at a glance

function sortValue (row, column) {
  const cell = row.cells[column]
  const text = cell.dataset.sortValue ?? cell.textContent.trim()
  const number = Number(text.replace(/,/g, ''))
  return text !== '' && Number.isFinite(number) ? number : text.toLowerCase()
}

// Numbers before words, each in their own order.
function compareValues (x, y) {
  if (typeof x !== typeof y) return typeof x === 'number' ? -1 : 1
  return (x > y) - (x < y)
}

// The rows as they are then: map.js draws its table anew.
function makeSortable (table) {
  const headings = [...table.tHead.rows[0].cells]
  for (const [column, heading] of headings.entries()) {
    if ('plain' in heading.dataset) continue
    const button = make('button', { type: 'button', className: 'pendeen-sort' }, heading.textContent)
    heading.replaceChildren(button)
    button.addEventListener('click', () => {
      const sign = heading.getAttribute('aria-sort') === 'ascending' ? -1 : 1
      for (const other of headings) other.removeAttribute('aria-sort')
      heading.setAttribute('aria-sort', sign < 0 ? 'descending' : 'ascending')
      const rows = [...table.tBodies[0].rows]
      rows.sort((a, b) => sign * compareValues(sortValue(a, column), sortValue(b, column)))
      table.tBodies[0].append(...rows)
    })
  }
}

function makeFilter (table, rows, number) {
  const id = 'filter-' + number
  const input = make('input', { className: 'govuk-input', type: 'search', id })
  const count = make('p', { className: 'govuk-hint' })
  count.setAttribute('role', 'status')
  const label = make('label', { className: 'govuk-label', htmlFor: id }, 'Show only rows with')
  const place = table.closest('.pendeen-scroll') ?? table
  place.before(make('div', { className: 'govuk-form-group pendeen-filter' }, label, input, count))
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    for (const row of rows) {
      const text = row.textContent.toLowerCase()
      row.hidden = !words.every((word) => text.includes(word))
    }
    const shown = rows.filter((row) => !row.hidden).length
    count.textContent = words.length ? `${shown} of ${rows.length}` : ''
  })
}

let tables = 0
function makeTables () {
  for (const table of document.querySelectorAll('[data-pendeen-table]')) {
    const filters = table.dataset.pendeenTable !== 'sort' // of others the server has a filter, or they are short
    delete table.dataset.pendeenTable // once
    const rows = [...table.tBodies[0].rows]
    makeSortable(table)
    if (filters && rows.length >= FILTER_FROM) makeFilter(table, rows, tables++)
  }
}
makeTables()
document.addEventListener('pendeen:renewed', makeTables) // by network.js

// --- words of immediate danger: who to call, while the person still writes ----------

// As src/domain/danger.c finds them: either of this/that, '..' up to five words, and nothing that
// lies inside what begins with '!'. A full stop of its own ends a sentence: '!' stays within one.
function readDanger (phrase) {
  const not = phrase.startsWith('!')
  const between = not ? ' ' : ' (?:\\. )*'
  const parts = phrase.slice(not ? 1 : 0).split(' ').map((part) => part === '..'
    ? '(?:[^ .]+' + between + '){0,5}?'
    : '(?:' + part.replace(/\//g, '|') + ')' + between)
  parts.push(parts.pop().slice(0, -between.length))
  return { not, pattern: new RegExp(' ' + parts.join('') + '(?= )', 'g') }
}

function watchForDanger (form) {
  const phrases = form.dataset.dangerWords.split('|').filter(Boolean).map(readDanger)
  const nots = phrases.filter((phrase) => phrase.not)
  const dangers = phrases.filter((phrase) => !phrase.not)
  const warning = make('p', { className: 'govuk-body pendeen-danger pendeen-live-danger', hidden: true })
  warning.setAttribute('role', 'alert')
  const boxes = [...form.querySelectorAll('textarea, input[type=text]')]
  boxes[0]?.before(warning)
  const allOf = function * (list, text) {
    for (const { pattern } of list) {
      pattern.lastIndex = 0
      for (let hit; (hit = pattern.exec(text)); pattern.lastIndex = hit.index + 1) {
        yield { from: hit.index, to: pattern.lastIndex }
      }
    }
  }
  const isDanger = (box) => {
    const text = ' ' + box.value.toLowerCase().replace(/['\u2018\u2019\u0060\u00b4]/g, '')
      .replace(/[.!?\n]/g, ' . ').replace(/[^\p{L}\p{N}.]+/gu, ' ') + ' '
    let outside = null
    for (const one of allOf(dangers, text)) {
      outside = outside || [...allOf(nots, text)]
      if (!outside.some((not) => one.from >= not.from && one.to <= not.to)) return true
    }
    return false
  }
  form.addEventListener('input', () => {
    const box = boxes.find(isDanger)
    if (box && warning.hidden) {
      box.before(warning) // where it was written
      // Made anew each time, so that it is read aloud each time.
      warning.replaceChildren(make('strong', {}, 'Is a child in danger now? '),
        make('a', { href: 'tel:999' }, 'Call 999'), '. Or see ',
        make('a', { href: '/help-now', target: '_blank', rel: 'noopener' }, 'who else to call (opens in a new tab)'),
        '. Nobody is waiting at the other end of this form.')
    }
    warning.hidden = !box
  })
}

const form = document.querySelector('[data-danger-words]')
if (form?.dataset.dangerWords) watchForDanger(form)

// --- a second click within three seconds does not send a form again --------------------
// (The server knows a submission that comes twice; this spares the person the wait.)

document.addEventListener('submit', (event) => {
  const sent = event.target
  if (sent.dataset.sent) event.preventDefault()
  sent.dataset.sent = 'yes'
  setTimeout(() => delete sent.dataset.sent, 3000)
})

// --- the network: larger and smaller, moved by hand or with the arrow keys ---------------

function makeMovable (frame) {
  const picture = frame.querySelector('svg')
  let { width, height } = picture.viewBox.baseVal
  let view = { x: 0, y: 0, scale: 1 }
  frame.addEventListener('pendeen:renewed', () => {
    ({ width, height } = picture.viewBox.baseVal)
    view = { x: 0, y: 0, scale: 1 }
  })
  const show = () => picture.setAttribute('viewBox',
    `${view.x} ${view.y} ${width * view.scale} ${height * view.scale}`)
  const zoom = (factor) => {
    const scale = Math.min(2, Math.max(0.25, view.scale * factor))
    // The middle stays where it is.
    view.x += width * (view.scale - scale) / 2
    view.y += height * (view.scale - scale) / 2
    view.scale = scale
    show()
  }
  const move = (x, y) => {
    view.x += x * view.scale
    view.y += y * view.scale
    show()
  }
  const tool = (words, action) => {
    const button = make('button',
      { type: 'button', className: 'govuk-button govuk-button--secondary pendeen-small-button' }, words)
    button.addEventListener('click', action)
    return button
  }
  frame.prepend(make('div', { className: 'pendeen-tools' },
    tool('Larger', () => zoom(0.8)), tool('Smaller', () => zoom(1.25)),
    tool('Whole', () => { view = { x: 0, y: 0, scale: 1 }; show() })))
  const keys = {
    ArrowLeft: [-40, 0], ArrowRight: [40, 0], ArrowUp: [0, -40], ArrowDown: [0, 40]
  }
  picture.addEventListener('keydown', (event) => {
    if (event.key === '+' || event.key === '=') zoom(0.8)
    else if (event.key === '-') zoom(1.25)
    else if (keys[event.key]) move(...keys[event.key])
    else return
    event.preventDefault()
  })
  let held = false
  picture.classList.add('pendeen-network--moves')
  picture.addEventListener('pointerdown', (event) => { held = event.isPrimary })
  window.addEventListener('pointerup', () => { held = false })
  picture.addEventListener('pointermove', (event) => {
    if (!held) return
    const perPixel = width / picture.clientWidth
    move(-event.movementX * perPixel, -event.movementY * perPixel)
  })
  // A node is a link: moving the picture by it is no drag of the link.
  picture.addEventListener('dragstart', (event) => event.preventDefault())
}

document.querySelectorAll('[data-pendeen-network]').forEach(makeMovable)

// The chart that grows; where it cannot be fetched the drawing above stays.
for (const frame of document.querySelectorAll('[data-pendeen-chart]')) {
  import('./network.js').then(({ draw }) => draw(frame)).catch(() => { frame.dataset.drawn = 'not' })
}

for (const frame of document.querySelectorAll('[data-pendeen-map]')) {
  import('./map.js').then(({ draw }) => draw(frame)).catch(() => { frame.dataset.drawn = 'not' })
}

// --- a timeline: a part that is drawn over is seen closer -----------------------------------

function makeClosable (picture) {
  const { first, last, left, right } = Object.fromEntries(['first', 'last', 'left', 'right'].map((name) => [name, Number(picture.dataset[name])]))
  const width = picture.viewBox.baseVal.width
  const dayAt = (event) => {
    const x = (event.clientX - picture.getBoundingClientRect().left) * width / picture.clientWidth
    return Math.round(first + Math.min(1, Math.max(0, (x - left) / (right - left))) * (last - first))
  }
  const iso = (day) => new Date(day * 86400000).toISOString().slice(0, 10)
  const band = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  band.setAttribute('class', 'pendeen-lanes__band')
  band.setAttribute('height', picture.viewBox.baseVal.height)
  const xOf = (day) => left + (day - first) / (last - first) * (right - left)
  let from = null
  picture.addEventListener('dragstart', (event) => event.preventDefault())
  picture.addEventListener('pointerdown', (event) => {
    if (!event.isPrimary || event.button !== 0) return
    from = dayAt(event)
    band.setAttribute('width', 0)
    picture.append(band)
  })
  // A finger that scrolls the page began nothing.
  window.addEventListener('pointercancel', () => {
    from = null
    band.remove()
  })
  window.addEventListener('pointermove', (event) => {
    if (from === null) return
    const [a, b] = [from, dayAt(event)].sort((x, y) => x - y)
    band.setAttribute('x', xOf(a))
    band.setAttribute('width', xOf(b) - xOf(a))
  })
  window.addEventListener('pointerup', (event) => {
    if (from === null) return
    const [a, b] = [from, dayAt(event)].sort((x, y) => x - y)
    from = null
    band.remove()
    if (b - a < 2) return // a click on a mark, which is a link
    const where = new URL(picture.dataset.pendeenTimeline, location.href)
    if ('ends' in picture.dataset) {
      where.searchParams.set('from', iso(a))
      where.searchParams.set('to', iso(b))
    } else {
      where.searchParams.set('time', `${iso(a)}.${iso(b)}`)
    }
    location.assign(where)
  })
}

document.querySelectorAll('[data-pendeen-timeline]:not([data-pendeen-timeline=""])').forEach(makeClosable)

// --- an import that runs shows how far it is ------------------------------------------------

function followImport (place) {
  const bar = place.querySelector('progress')
  const words = place.querySelector('[data-progress-words]')
  const look = async () => {
    const answer = await fetch(place.dataset.progress, { headers: { accept: 'application/json' } })
    if (!answer.ok) throw new Error(String(answer.status))
    const now = await answer.json()
    if (now.state === 'done' || now.state === 'failed') {
      location.reload()
      return
    }
    bar.value = now.percent
    words.textContent = `Rows read: ${now.done}`
    setTimeout(follow, 500)
  }
  // A network that was away for a moment, or a server that starts again, ends nothing.
  const follow = () => look().catch(() => setTimeout(follow, 5000))
  setTimeout(follow, 300)
}

document.querySelectorAll('[data-progress]').forEach(followImport)

// --- who to call and the guidance stay readable without a network -------------------------

if ('serviceWorker' in navigator) {
  addEventListener('load', () => navigator.serviceWorker.register('/service-worker.js').catch(() => {}))
}

// --- passkeys: what the page asks for, the browser signs, a form carries back ------------

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')),
  (c) => c.charCodeAt(0))
const fromBytes = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
const known = (ids) => ids.map((id) => ({ type: 'public-key', id: toBytes(id) }))

async function addPasskey (wanted) {
  const made = await navigator.credentials.create({ publicKey: {
    challenge: toBytes(wanted.challenge),
    rp: { id: wanted.site, name: 'Pendeen' },
    user: { id: toBytes(wanted.handle), name: wanted.email, displayName: wanted.name },
    pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    excludeCredentials: known(wanted.passkeys),
    attestation: 'none'
  } })
  return { made, authenticatorData: made.response.getAuthenticatorData(), signature: new Uint8Array() }
}

async function usePasskey (wanted) {
  const made = await navigator.credentials.get({ publicKey: {
    challenge: toBytes(wanted.challenge),
    rpId: wanted.site,
    userVerification: 'required',
    allowCredentials: known(wanted.passkeys)
  } })
  return { made, authenticatorData: made.response.authenticatorData, signature: made.response.signature }
}

function passkeyProblem (error) {
  if (error.name === 'InvalidStateError') return 'This device has a passkey for Pendeen already.'
  if (error.name === 'NotAllowedError') return 'No passkey was used. Try again, or use another way.'
  return 'The passkey did not work here. Try again, or use another way.'
}

async function runPasskey (button) {
  const form = button.form
  const problem = form.querySelector('[data-passkey-problem]')
  problem.textContent = ''
  try {
    const answer = await fetch(button.dataset.challenge, {
      method: 'POST', body: new URLSearchParams({ csrf: form.elements.csrf?.value ?? '' })
    })
    if (!answer.ok) throw new Error('challenge')
    const wanted = await answer.json()
    const { made, authenticatorData, signature } =
      await (button.dataset.passkey === 'Add' ? addPasskey : usePasskey)(wanted)
    const parts = {
      credential: made.rawId,
      client_data: made.response.clientDataJSON,
      authenticator_data: authenticatorData,
      signature
    }
    for (const [name, bytes] of Object.entries(parts))
      form.querySelector(`[data-passkey-part="${name}"]`).value = fromBytes(bytes)
    form.submit()
  } catch (error) {
    problem.textContent = passkeyProblem(error)
  }
}

for (const button of document.querySelectorAll('[data-passkey]')) {
  if (window.PublicKeyCredential) {
    button.addEventListener('click', () => runPasskey(button))
  } else {
    button.disabled = true
    button.form.querySelector('[data-passkey-problem]').textContent = 'This browser knows no passkeys.'
  }
}

document.querySelectorAll('[data-print]').forEach((button) =>
  button.addEventListener('click', () => window.print()))
