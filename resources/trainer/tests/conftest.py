"""What all tests of the trainer share."""

from pipeline_trainer.threads import prepare_environment

# Before anything imports torch.
prepare_environment()


def pytest_configure(config):
    config.addinivalue_line("markers", "real: uses the bundled small model")
