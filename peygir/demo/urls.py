"""The address of the simulator's switch, below the staff pages."""

from django.urls import path

from peygir.demo import views

app_name = "demo"
urlpatterns = [
    path("desk/simulator/", views.simulator, name="simulator"),
]
