"""What the package says of a frame, the command says of a file."""

import pytest

from deepkmeans.cli.sentences import in_words_of_the_command
from deepkmeans.data.input_spec import InputSpec
from deepkmeans.data.schema import Schema
from deepkmeans.exceptions import InvalidDataError


@pytest.mark.parametrize("before", ["", "Input 'facts': "])
def test_columns_that_a_table_lacks(before: str) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"price": [1.5, 2.5, 9.0] * 5, "shop": ["a", "b", "c"] * 5})
    schema = Schema.recognise(table, InputSpec())
    with pytest.raises(InvalidDataError) as caught:
        schema.read(pandas.DataFrame({"price": [1.0]}))
    said = in_words_of_the_command(f"{before}{caught.value}")
    assert said == "DATA lacks the column 'shop': give a file with the columns of the fit, in any order."
