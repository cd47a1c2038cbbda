"""One way to show every form: labels, hints and errors tied to their fields, a summary of errors on top."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting


class DeskRenderer(TemplatesSetting):
    """Renders forms and fields with the desk's own templates."""

    form_template_name = "house/form.html"
    field_template_name = "house/field.html"


class DeskForm(forms.Form):
    """A form of the desk: no browser bubbles, names in any direction. Subclasses of ModelForm take DeskLook instead."""

    use_required_attribute = False
    error_css_class = "wrong"

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - what Django's forms take
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class DeskModelForm(forms.ModelForm):  # type: ignore[type-arg] # Django's form has no type arguments at run time
    """As DeskForm, for a model."""

    use_required_attribute = False
    error_css_class = "wrong"

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - what Django's forms take
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # a row of dashes is no choice to pick
            if isinstance(field, forms.ChoiceField) and isinstance(field.widget, forms.RadioSelect) and field.required:
                given: list[Any] = list(field.choices)  # type: ignore[arg-type]  # Django's types allow a function here
                field.choices = [choice for choice in given if choice[0] != ""]


class NameInput(forms.TextInput):
    """Takes a name in any script: the direction follows what is typed, nothing is corrected or remembered."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"dir": "auto", "autocomplete": "off", "spellcheck": "false", **(attrs or {})})


class DayInput(forms.DateInput):
    """Takes a day with the browser's own calendar, as ISO."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
