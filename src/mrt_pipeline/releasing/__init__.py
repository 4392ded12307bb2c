"""Turn a run that a person approved into an immutable release.

A folder of releases, to which only ``release`` writes:

    2026.07.13/       one release, named by the date described; never changed once it has its name
    2026.07.13/open/  its dataset and formats for open licences
    2026.07.13.1/     other contents for the same date
    versions.json     every release, and the current one; rebuilt from the folders and latest if lost
    latest            a relative link to the current release according to versions.json
    index.html        the page of that release
    .outputs.lock     held while one of these is written

A release is built under a temporary name in the same folder, and renamed once it is complete and on disk.
Then follow versions.json, latest and the page, in this order: after an interruption, the next ``release`` or
``rollback`` makes the others agree with the folders and with versions.json.
"""
