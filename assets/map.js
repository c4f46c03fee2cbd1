// The map with Leaflet: near marks come together as one sees it from farther off, the slider takes
// it back month by month, and table and legend go with it. The drawing that the server made stays
// where this cannot run. The coastline comes with the page's data; tiles are asked of the server
// that the configuration names, where it names one and as long as the reader wants them.
import * as L from './leaflet.js'

const NAMED = 12 // towns whose names stand on the map from afar; those of all from zoom NEAR on
const NEAR = 11
const NAME_AT = [19, -22] // of its place, in pixels
const PAUSE = 150 // milliseconds without another step of the slider, until it is asked for

async function load (address) {
  const answer = await fetch(address, { headers: { Accept: 'application/json' } })
  if (!answer.ok) throw new Error(String(answer.status))
  return answer.json()
}

function element (name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

const asHtml = (words) => element('span', { textContent: words }).innerHTML

const all = (one) => one.submissions + one.missing + one.locations

// The mark of one town opens its list; one of several says what it stands for, and leads closer.
function mark (map, one, most) {
  const count = all(one)
  const size = 2 * ((count < 100 ? 11 : count < 1000 ? 15 : 19) + 8 * Math.sqrt(count / most))
  const icon = L.divIcon({ className: one.area ? 'pendeen-map__dot pendeen-map__dot--area' : 'pendeen-map__dot', html: element('span', { textContent: count }), iconSize: [size, size] })
  const name = `${count}: ${one.label}` // begins with what is seen of it
  const drawn = L.marker([one.lat, one.lon], { icon, title: name, alt: name, keyboard: true })
  drawn.on('add', () => drawn.getElement().setAttribute('aria-label', name))
  if (one.towns < 2) return drawn.on('click', () => { location.href = one.href })
  const list = element('a', { href: one.href, textContent: 'Open the list' })
  const closer = element('button', { type: 'button', className: 'pendeen-map__closer', textContent: 'Look closer' })
  closer.addEventListener('click', () => {
    map.closePopup()
    map.setView([one.lat, one.lon], Math.min(map.getMaxZoom(), map.getZoom() + 2))
    map.getContainer().focus()
  })
  const note = element('div', { className: 'pendeen-map__note' }, element('p', { textContent: one.label }), element('p', {}, list), element('p', {}, closer))
  note.addEventListener('keydown', ({ key }) => { if (key === 'Escape') map.closePopup() })
  drawn.bindPopup(note, { autoPanPadding: [10, 10] }).on('popupopen', () => list.focus())
  // The focus was in the note: it goes back to where it came from.
  return drawn.on('popupclose', () => { if (document.activeElement === document.body) drawn.getElement()?.focus() })
}

// The table, as the server draws it.
function fillTable (table, rows) {
  const labels = [...table.tHead.rows[0].cells].map((cell) => cell.textContent)
  const cell = (content, label) => {
    const made = element('td', { className: 'govuk-table__cell' }, content)
    if (!label) return made
    made.className += ' govuk-table__cell--numeric'
    made.dataset.label = label
    return made
  }
  table.tBodies[0].replaceChildren(...rows.map((row) => element('tr', { className: 'govuk-table__row' },
    cell(element('a', { className: 'govuk-link', href: row.href, textContent: row.name })),
    ...[row.submissions, row.missing, row.locations].map((count, i) => cell(String(count), labels[i + 1])))))
}

function fillLegend (legend, shades) {
  legend.replaceChildren(...shades.map((shade) => {
    const item = element('li')
    item.innerHTML = '<svg width="24" height="16" viewBox="0 0 24 16" aria-hidden="true" focusable="false"><rect width="24" height="16"></rect></svg>'
    item.querySelector('rect').setAttribute('class', shade.class)
    item.append(' ' + shade.words)
    return item
  }))
}

// Names of the towns, largest first, and of what is at none: those that lie on no mark and on no
// other name.
function names (map, towns, marks) {
  const taken = marks.map((one) => {
    const { x, y } = map.latLngToLayerPoint([one.lat, one.lon])
    return [x - 18, y - 18, x + 18, y + 18]
  })
  const shown = map.getZoom() < NEAR ? towns.slice(0, NAMED) : towns
  return [...marks.filter(({ area }) => area), ...shown].flatMap(({ name, lat, lon, area }) => {
    const { x, y } = map.latLngToLayerPoint([lat, lon]).add(NAME_AT)
    const box = [x, y, x + 7 * name.length, y + 14]
    if (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) return []
    taken.push(box)
    const icon = L.divIcon({ className: 'pendeen-map__name', html: element('span', { textContent: name }), iconSize: [0, 0], iconAnchor: [-NAME_AT[0], -NAME_AT[1]] })
    return [L.marker([lat, lon], { pane: area ? 'area' : 'names', icon, interactive: false, keyboard: false })]
  })
}

// The picture of the tile server under the marks, in place of our own land; taken away when it
// does not answer.
function tiles (map, frame) {
  const choice = document.getElementById('map-tiles')
  if (!choice) return
  const where = frame.dataset.pendeenTiles
  // Cookies are by host and not by port: a tile server beside this one must not be sent ours.
  const crossOrigin = new URL(where.replace(/\{.*/, '')).hostname === location.hostname ? 'anonymous' : false
  const layer = L.tileLayer(where, { attribution: asHtml(frame.dataset.pendeenCredit), referrerPolicy: 'no-referrer', crossOrigin })
  const show = () => {
    frame.classList.toggle('pendeen-map--tiles', choice.checked)
    if (choice.checked) layer.addTo(map)
    else layer.remove()
  }
  let came = 0
  layer.on('tileload', () => { frame.dataset.tiles = String(++came) })
  layer.on('tileerror', () => {
    if (came || !choice.checked) return
    choice.checked = false
    show()
    frame.dataset.tiles = 'none'
    document.getElementById('map-tiles-told').textContent = 'The tile server does not answer. The coastline is shown.'
  })
  choice.addEventListener('change', show)
  choice.closest('[hidden]').hidden = false
  show()
}

export async function draw (frame) {
  const form = document.getElementById('map-form')
  const months = document.getElementById('months')
  const table = document.getElementById('map-table')
  const legend = document.getElementById('map-legend')
  // What the form says now; of the days, what was asked with its button.
  const asked = () => {
    const said = new URLSearchParams(new FormData(form))
    for (const name of ['from', 'until']) said.set(name, form.elements[name].defaultValue)
    return said
  }
  const address = (more) => {
    const said = asked()
    for (const [name, value] of Object.entries(more)) said.set(name, value)
    return `${frame.dataset.pendeenMap}?${said}`
  }
  const stage = element('div', { className: 'pendeen-map__stage' })
  const data = await load(address({ zoom: frame.clientWidth < 600 ? 8 : 9 }))
  frame.append(stage)
  frame.firstElementChild.classList.add('pendeen-map__drawn--off')
  const bounds = L.latLngBounds([data.edges[0], data.edges[1]], [data.edges[2], data.edges[3]])
  const map = L.map(stage, { minZoom: 7, maxZoom: 13, maxBounds: bounds.pad(0.3), zoomSnap: 0.25, zoomAnimation: false, fadeAnimation: false })
  map.attributionControl.setPrefix('Leaflet').addAttribution(asHtml(data.credit))
  map.fitBounds(bounds)
  const clusters = () => Math.ceil(map.getZoom()) // the server knows whole zooms
  for (const pane of ['names', 'area']) map.createPane(pane).setAttribute('aria-hidden', 'true')
  const squares = L.layerGroup().addTo(map)
  const marks = L.layerGroup().addTo(map)
  const labels = L.layerGroup().addTo(map)
  const put = (now) => {
    marks.clearLayers()
    squares.clearLayers()
    const most = Math.max(...now.marks.map(all))
    for (const one of now.marks) mark(map, one, most).addTo(marks)
    labels.clearLayers()
    for (const label of names(map, data.towns, now.marks)) label.addTo(labels)
    for (const one of now.squares ?? []) {
      const [south, west, north, east] = one.edges
      L.rectangle([[south, west], [north, east]], { className: one.class, interactive: false, stroke: false }).addTo(squares)
    }
    fillTable(table, now.rows)
    fillLegend(legend, now.shades ?? [])
    const told = document.getElementById('map-told')
    if (told.textContent !== now.told) told.textContent = now.told
    months.setAttribute('aria-valuetext', now.told)
    frame.dataset.drawn = String(map.getZoom())
  }
  let turn = 0
  const show = async () => {
    const mine = ++turn
    const now = await load(address({ marks: 'only', zoom: clusters() }))
    if (mine === turn) put(now) // else somebody has moved on
  }
  const again = () => show().catch(() => { frame.dataset.drawn = 'not' })
  let pause
  form.addEventListener('input', ({ target }) => {
    if (target.matches('[name=from], [name=until]') || !target.name) return
    clearTimeout(pause)
    pause = setTimeout(() => {
      history.replaceState(null, '', `?${asked()}`)
      again()
    }, PAUSE)
  })
  map.on('zoomend', again)
  for (const land of data.lands) L.polygon(land, { className: 'pendeen-map__land', interactive: false, weight: 1 }).addTo(map)
  if (clusters() === (frame.clientWidth < 600 ? 8 : 9)) put(data)
  else again()
  tiles(map, frame)
}
