// What makes pages better where JavaScript runs; without it they work as well.
import { initAll } from './govuk-frontend.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()

// Tables sort by a click on a heading and filter as one types.
function enhanceTable (table) {
  const body = table.tBodies[0]
  const rows = [...body.rows]
  const valueOf = (row, column) => {
    const cell = row.cells[column]
    const text = cell.dataset.sortValue ?? cell.textContent.trim()
    const number = Number(text.replace(/,/g, ''))
    return text !== '' && Number.isFinite(number) ? number : text.toLowerCase()
  }
  for (const [column, heading] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'pendeen-sort'
    button.textContent = heading.textContent
    heading.replaceChildren(button)
    button.addEventListener('click', () => {
      const down = heading.getAttribute('aria-sort') === 'ascending'
      for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort')
      heading.setAttribute('aria-sort', down ? 'descending' : 'ascending')
      const compare = (a, b) => {
        const [x, y] = [valueOf(a, column), valueOf(b, column)]
        return typeof x === typeof y ? (x > y) - (x < y) : typeof x === 'number' ? -1 : 1
      }
      rows.sort((a, b) => down ? compare(b, a) : compare(a, b))
      body.append(...rows)
    })
  }
  if (rows.length < 8) return
  const group = document.createElement('div')
  group.className = 'govuk-form-group pendeen-filter'
  const label = document.createElement('label')
  label.className = 'govuk-label'
  label.textContent = 'Show only rows with'
  const input = document.createElement('input')
  input.className = 'govuk-input'
  input.type = 'search'
  input.id = 'filter-' + Math.random().toString(36).slice(2)
  label.htmlFor = input.id
  const count = document.createElement('p')
  count.className = 'govuk-hint'
  count.setAttribute('role', 'status')
  group.append(label, input, count)
  const place = table.closest('.pendeen-scroll') ?? table
  place.before(group)
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    let shown = 0
    for (const row of rows) {
      const text = row.textContent.toLowerCase()
      row.hidden = !words.every((word) => text.includes(word))
      shown += row.hidden ? 0 : 1
    }
    count.textContent = words.length ? `${shown} of ${rows.length}` : ''
  })
}
document.querySelectorAll('[data-pendeen-table]').forEach(enhanceTable)

// Words of immediate danger show who to call while the person still writes.
const form = document.querySelector('[data-danger-words]')
const narrative = document.getElementById('narrative')
if (form && narrative && form.dataset.dangerWords) {
  const words = form.dataset.dangerWords.split('|').filter(Boolean)
  const warning = document.createElement('p')
  warning.className = 'govuk-body pendeen-danger pendeen-live-danger'
  warning.setAttribute('role', 'alert')
  warning.hidden = true
  narrative.before(warning)
  const look = () => {
    const text = ' ' + narrative.value.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ') + ' '
    const found = words.find((word) => text.includes(' ' + word + ' '))
    if (found && warning.hidden) {
      const strong = document.createElement('strong')
      strong.textContent = 'Is a child in danger now? '
      const call = document.createElement('a')
      call.href = 'tel:999'
      call.textContent = 'Call 999'
      const help = document.createElement('a')
      help.href = '/help-now'
      help.textContent = 'who else to call'
      warning.replaceChildren(strong, call, '. Or see ', help, '. Nobody is waiting at the other end of this form.')
    }
    warning.hidden = !found
  }
  narrative.addEventListener('input', look)
}

// An import that runs shows how far it is.
const progress = document.querySelector('[data-progress]')
if (progress) {
  const bar = progress.querySelector('progress')
  const words = progress.querySelector('[data-progress-words]')
  const look = async () => {
    const answer = await fetch(progress.dataset.progress, { headers: { accept: 'application/json' } })
    if (!answer.ok) return
    const now = await answer.json()
    if (now.state === 'done' || now.state === 'failed') {
      location.reload()
      return
    }
    bar.value = now.done
    words.textContent = `${now.done} rows read`
    setTimeout(look, 500)
  }
  setTimeout(look, 300)
}
