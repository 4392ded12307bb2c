"""Names that several layers share: of stages, and of files in run folders.

A file that only one module writes and reads is named in that module.
"""

STAGE1_INGESTION = "stage1_ingestion"
STAGE2_ENRICHMENT = "stage2_enrichment"
STAGE3_MERGER = "stage3_merger"

FINAL_STAGE = STAGE3_MERGER
"""the stage whose output is the dataset"""

CHECKPOINT_NAMES = {
    STAGE1_INGESTION: "stage1_deterministic.json",
    STAGE2_ENRICHMENT: "stage2_enrichment.json",
    STAGE3_MERGER: "stage3_final.json",
}
"""for each stage, the file in a run's folder that holds its output, as the specification names it"""

FINAL_NAME = CHECKPOINT_NAMES[FINAL_STAGE]

REJECTED_NAME = "stage2_rejected.jsonl"
"""one JSON object per line for each claim that was not published, and why"""

VALIDATION_NAME = "validation.json"
"""every finding of every stage, even when the checks failed"""

JOURNAL_NAME = "stage2_journal.sqlite3"
"""a row per finished station of stage 2"""

SOURCE_FAILED = "source-failed"
"""check with which stage 2 reports that a source returned nothing for some stations"""

LATEST = "latest"
"""link beside the runs to the last successful one"""

APPROVAL_NAME = "approval.json"
"""in a run's folder: who reviewed its dataset and vouches for it"""

VERSION_FORM = r"\d{4}\.\d{2}\.\d{2}(\.[1-9]\d*)?"
"""name of a release, as a regular expression"""
