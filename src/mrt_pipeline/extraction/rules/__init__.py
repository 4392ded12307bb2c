"""Fixed rules that read a station's page by its form; begin with ``page_rules.read_page``.

``page_rules``     the page from top to bottom, and what is handed on
``sections``       what do the headings above a block say of it
``tables``         what does a table say, and which of its rows are of use
``table_parts``    which rows have the same heads, and what do their columns hold
``table_heads``    which rows name what the columns hold, or whose they are
``table_cells``    what does a cell say, and of which exits
``entries``        where does a line stand, whose is it by that, and is it of use
``lists``          what does an entry say that begins or ends with exits, or stands under them
``contexts``       whose is a value and what is it, by the words nearest to it that say so
``values``         what a value says, by its contexts or else by its own kind
``prose``          what does a sentence say in so many words
``told``           which places does a sentence tell to be at its one exit
``closures``       which exits does a sentence say are not open
``cells``          what does one cell or entry say, by what its column or key means
``parts``          which items, and parts of them, is a cell made of
``platform_rows``  what does a row about platforms say
``platform_entries`` what does a line about platforms say
``platforms``      which sign has a platform, and where do its trains go
``passages``       what was not read, and may hold something
``owners``         whose is this: where do the words of one exit end and those of another begin
``labels``         which exit labels do some words give
``place_mentions`` which places do some words list
``headers``        what does a head or key mean, by ``vocabulary.csv``
``words``          the words themselves, as data
``page``           what all of these know of the page, and how they write down what it says

All of it is pure. What is read is not believed yet: ``extraction.grounding`` holds it against the quote.
"""
