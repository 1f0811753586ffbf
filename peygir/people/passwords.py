"""What a password of staff has to be, where Django says it in no Persian."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _

from peygir.look.numbers import fa


class LongEnough(MinimumLengthValidator):
    """Django's rule in this project's words; `min_length` comes from the settings."""

    def get_error_message(self) -> str:
        return _("The password is too short: at least %(n)s characters.") % {
            "n": fa(self.min_length)
        }
