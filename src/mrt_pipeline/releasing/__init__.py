"""From a run that a person approved to an immutable release.

A folder of releases, which ``release`` makes and nothing else writes to:

    2026.07.13/       one release, named by the day that it describes; never changed once it has its name
    2026.07.13/open/  its dataset and formats for open licences
    2026.07.13.1/     other contents of the same day
    versions.json     every release, and which one is shown; recreated from folders and latest if it is lost
    latest            a relative link to the release that versions.json says is shown
    index.html        that release for people
    .outputs.lock     held while one of these is written

A release is built under a temporary name beside its place and renamed once it is whole and on the disk.
Then come versions.json, latest and the page, in this order: whatever is interrupted, the next ``release`` or
``rollback`` brings the others in line with the folders and with versions.json.
"""
