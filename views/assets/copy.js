// Fills the tool rows: `data-copy` names the element to copy, `data-print` asks for a print button too.
for (const tools of document.querySelectorAll('[data-copy]')) {
  const status = document.createElement('span');
  status.className = 'tool-status';
  status.setAttribute('role', 'status');

  const addButton = (label, act) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button tool';
    button.textContent = label;
    button.addEventListener('click', act);
    tools.append(button);
  };

  if (navigator.clipboard) {
    addButton('Copy', async () => {
      try {
        await navigator.clipboard.writeText(textOf(document.getElementById(tools.dataset.copy)));
        status.textContent = 'Copied';
      } catch {
        status.textContent = 'Please select and copy by hand';
      }
    });
  }
  if ('print' in tools.dataset) addButton('Print', () => window.print());
  tools.append(status);
}

function textOf(element) {
  const items = [...element.querySelectorAll('li')].map((item) => item.textContent.trim());
  return items.length > 0 ? items.join('\n') : element.textContent.replace(/\s+/g, '');
}
