"""Addresses of files that were never made."""

import pytest


@pytest.mark.parametrize("place", ["exports", "prints", "files"])
@pytest.mark.parametrize("number", [0, 999, 2**63, 10**40])
def test_a_file_that_nobody_asked_for_is_not_there(sign_in, place, number):
    assert sign_in("linxiao").client.get(f"/pdsu/{place}/{number}").status_code == 404
