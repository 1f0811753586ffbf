"""The operations wall."""

from django.urls import URLPattern, URLResolver, path

from peygir.desk import wall

urlpatterns: list[URLPattern | URLResolver] = [
    path("operations/", wall.operations, name="operations"),
    path("operations/board/", wall.board, name="operations_board"),
    path("operations/<slug:code>/<int:number>/<slug:step>/", wall.take, name="operations_take"),
]
