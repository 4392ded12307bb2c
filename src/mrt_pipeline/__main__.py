"""``python -m mrt_pipeline``."""

from mrt_pipeline.cli import main

if __name__ == "__main__":
    main()
