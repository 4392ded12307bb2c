"""Fixed rules that read a station's page by its form; start at ``page_rules.read_page``.

``page_rules``     reads a page from top to bottom, and chooses the passages for a model
``sections``       the headings above a block, and what they say about it
``tables``         reads tables, and skips rows that are retracted
``table_parts``    rows below the same heads, and what their columns hold
``table_heads``    rows that name exits, platforms or the contents of columns
``table_cells``    reads the cells of a row, and finds their exits
``entries``        places lines and list items: their exits, what is above, and whether they can be read
``lists``          reads lines and list items by their form
``contexts``       exits and meaning of a value, from the words around it
``values``         reads a value whose exits are known
``prose``          reads sentences about exits
``told``           reads sentences that give the places at one exit: `X is next to Exit A`
``closures``       finds exits that a sentence says are not open
``cells``          reads one cell or list item, given the meaning of its column or key
``access_cells``   reads what a cell or item says about access: answers, features, denials
``parts``          splits a cell into items, and these into parts
``platform_rows``  reads table rows about platforms
``platform_entries`` reads lines and list items about platforms
``platforms``      signs of platforms, and the direction of their trains
``passages``       passages that the rules could not read
``owners``         divides text among the exits that it names
``labels``         reads exit labels
``place_mentions`` finds place names in a list
``headers``        meanings of heads and keys, by ``vocabulary.csv``
``words``          words and signs, as data
``page``           the page being read, and how statements are recorded

All functions are pure, except that ``page.RulePage`` collects notes. Nothing read is accepted yet:
``extraction.grounding`` checks it against its quote.
"""
