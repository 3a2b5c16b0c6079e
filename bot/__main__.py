"""Makes `python -m bot` the `rampcheck` command; it knows nothing else."""

from bot.cli import main

if __name__ == "__main__":
    main()
