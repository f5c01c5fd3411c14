"""The official submission form as data: questions, what is asked of whom, and the JSON Schema that follows.

A form version is immutable:

    {_id: "2017-3", edition, number, sections: [
        {code, title, asked_of?, questions: [question]},                       answers stand beside each other
        {code, title, repeat: {max, key?}, asked_of?, questions: [question]},  a list of entries under `code`
    ]}

    question: {code, type, label, help?, required?, max?, words?, choices?, choices_from?, when?, asked_of?}

`max` counts characters or entries, `words` is [least, most], `when` maps earlier questions of the same section to the
answers under which this one is asked, `asked_of` lists stakeholder types. Texts are language maps.
"""
