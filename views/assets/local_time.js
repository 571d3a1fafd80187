// Times in the reader's own zone and way of writing, instead of UTC.
const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
for (const time of document.querySelectorAll('time[datetime]')) {
  time.textContent = format.format(new Date(time.dateTime));
}
